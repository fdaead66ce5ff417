"""A school on its first day: every list says why it is empty and offers one next step."""

import re

import pytest

from accounts.models import User
from community.opening import tokens
from community.screens import first_day

from .test_one_language import foreign

pytestmark = pytest.mark.django_db
SAID = {
    "school": "Paper Boats", "language": "en", "currency": "USD", "accent": "plum", "name": "Eli Yi", "email": "eli@school.test",
    "password": "seven boats on a pond",
}  # fmt: skip
GUESTS = ["/courses/", "/community/", "/search/", "/search/?q=boat", "/membership/"]
MEMBERS = [
    *GUESTS,
    "/leaderboard/",
    "/points/",
    "/notifications/",
    "/learning/",
    "/community/?kind=question&show=unanswered",
    "/community/?show=mine",
    "/orders/",
    "/settings/interests/",
    "/answerable/",
    "/account/2fa/webauthn/",
    "/studio/earnings/",
    "/studio/coupons/",
]
OWNERS = [*MEMBERS, "/studio/", "/needs/", "/surveys/"]


@pytest.fixture
def owner(page_of):
    """Whoever has just opened the school, in the browser in which they did."""
    page = page_of()
    address = f"/open/{tokens.new_token()}/"
    assert page.get(address).status_code == 200
    assert page.post(address, SAID, follow=True).redirect_chain == [("/open/", 302)]
    return page


def empty_states(html):
    """Each empty state of the page: its words, and where its buttons lead."""
    main = html.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'<(?:section|div) class="empty[ "].*?</(?:section|div)>\s*(?:</div>)?', main, re.DOTALL)
    return [(" ".join(re.sub(r"<[^>]+>", " ", part).split()), re.findall(r'href="([^"]+)"', part)) for part in found]


def said(page, path):
    response = page.get(path, follow=True)
    assert response.status_code == 200, path
    return empty_states(response.content.decode())


def walked(page, paths):
    """What is wrong with how each page says that it is empty: nothing, when all is well."""
    wrong = {}
    for path in paths:
        states = said(page, path)
        if not states or any(len(words) < 20 or len(leading) != 1 for words, leading in states):
            wrong[path] = states
    return wrong


def test_as_a_guest(owner, page_of):
    assert walked(page_of(), GUESTS) == {}


def test_as_a_member(owner, page_of, cleo):
    assert walked(page_of(cleo), [*MEMBERS, "/members/cleo/"]) == {}


def test_as_the_owner(owner):
    assert walked(owner, OWNERS) == {}


def test_each_list_of_the_desk_says_why_it_is_empty(owner):
    html = owner.get("/desk/").content.decode()
    lists = sorted(set(re.findall(r'href="(/desk/\w+/\w+/)"', html)))
    pages = {path: owner.get(path, follow=True).content.decode() for path in lists}
    empty = {
        path: empty_states(page)
        for path, page in pages.items()
        if 'id="result_list"' not in page and 'id="changelist"' in page
    }
    assert len(empty) > 10
    assert {path: states for path, states in empty.items() if [len(leading) for _, leading in states] != [1]} == {}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_first_day_speaks_one_language(page_of, cleo, language):
    said = SAID if language == "en" else {**SAID, "school": "纸船学社", "name": "易黎", "language": language}
    page_of().post(f"/open/{tokens.new_token()}/", said)
    User.objects.update(language=language)
    stage, found = first_day.FirstDay(), {}
    rows = first_day.pages(stage)
    for row in rows:
        page = page_of(stage.people[row.seen_by])
        html = page.get(row.address(stage), headers={"accept-language": language}).content.decode()
        for words in foreign(html, language):
            found.setdefault(words, row.title)
    assert len(rows) > 30
    assert {words: title for words, title in found.items() if words not in {"Paper Boats", "Eli Yi"}} == {}


def test_the_next_steps_lead_somewhere(owner):
    steps = {url for path in OWNERS for _, leading in said(owner, path) for url in leading}
    assert {url: owner.get(url, follow=True).status_code for url in steps} == dict.fromkeys(steps, 200)


def test_the_front_pages_stand_on_the_first_day(owner, page_of, cleo):
    for page in (page_of(), page_of(cleo), owner):
        html = page.get("/").content.decode()
        assert "Paper Boats" in html


def test_the_desk_counts_nothing_and_names_what_is_left(owner):
    html = owner.get("/desk/").content.decode()
    values = re.findall(r'data-figure="([\w-]+)">.*?<b class="num">([^<]*)</b>', html)
    assert dict(values) == {
        "sign-ups": "1", "sales": "0", "payouts": "0", "discrepancies": "0", "reports": "0", "failed-jobs": "0",
        "dead-letters": "0", "needs": "0", "trainings": "0",
    }  # fmt: skip
    assert "first steps are left" in html
