"""What every page says of itself to those who share it, find it, keep it or hear it, and that a box to write in keeps a draft."""

import re
from html import unescape
from itertools import pairwise

import pytest

from accounts.models import User
from community.access import Answer, Persona, table
from community.models import School

from .conftest import entered

# The first test of each worker makes the world.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LANGUAGES = ["en", "zh-hans"]
APART = {
    "recsys:related": "is a part of other pages, and a page only where no script puts it there",
    "offline": "is kept by browsers and shown without a network; nobody shares it",
    "demo:trouble": "shows pages of trouble, which nobody shares",
    "styleguide:components": "shows every component once, boxes among them",
    "styleguide:mail": "is a letter and no page of the site",
    "styleguide:page": "shows samples of other pages, with their titles",
}
ALIKE = {"surveys:onboarding": "surveys:survey"}
"""Two addresses of one page."""
PAGES = [
    row
    for row in table()
    if row.method == "GET" and row.gives in {Answer.PAGE, Answer.DENIED} and row.name not in APART
    and not row.name.startswith("admin:")
]  # fmt: skip


class Seen:
    """A page as one persona got it in one language."""

    def __init__(self, row, html):
        self.row, self.head = row, html.partition("<head>")[2].partition("</head>")[0]
        self.main = html.partition("<main")[2].partition("</main>")[0]
        self.headings = headings(self.main)

    def title(self):
        return unescape(re.search(r"<title>(.*?)</title>", self.head, re.DOTALL)[1]).strip()

    def meta(self, name):
        found = re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)"', self.head)
        return unescape(found[1]).strip() if found else ""


def headings(html):
    """The levels of the headings, in the order in which they are read aloud."""
    return [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]


def skips(levels):
    """Where a heading stands more than one level below the one before it; the first is that of the page."""
    return [(above, below) for above, below in pairwise([0, *levels]) if below > above + 1]


@pytest.fixture(scope="module", params=LANGUAGES)
def walked(request, stage):
    """Every page that somebody may see, once: as a guest where a guest may."""
    User.objects.update(language=request.param)
    order = [Persona.GUEST, Persona.ENROLLED, Persona.TEACHER, Persona.OWNER, *Persona]
    browsers = {who: entered(user, language=request.param) for who, user in stage.people.items()}
    seen = []
    for row in PAGES:
        who = next((one for one in order if one in row.may), None)
        html = page_of(browsers[who], row.address(stage)) if who else ""
        if "<title>" in html:
            seen.append((who, Seen(row, html)))
    return seen


def page_of(browser, address):
    """The page; nothing for files and for parts of pages."""
    answer = browser.get(address)
    is_page = answer.status_code in {200, 403} and not answer.streaming
    html = answer.content.decode() if is_page and answer.headers["Content-Type"].startswith("text/html") else ""
    answer.close()
    return html


def public(walked):
    return [page for who, page in walked if who == Persona.GUEST]


def test_the_walk_is_a_long_one(walked):
    assert (len(public(walked)) > 20, len(walked) > 60) == (True, True)


def test_no_two_kinds_of_pages_share_a_title(walked):
    names = {}
    for _who, page in walked:
        names.setdefault(page.title(), set()).add(ALIKE.get(page.row.name, page.row.name))
    assert {title: sorted(kinds) for title, kinds in names.items() if len(kinds) > 1 or not title} == {}


def test_every_page_that_all_may_see_says_what_it_is_about(walked):
    general = {School.objects.get().tagline_zh, School.objects.get().tagline_en, ""}
    assert [page.row.title for page in public(walked) if page.meta("description") in general] == []


def test_no_two_kinds_of_pages_share_a_description(walked):
    names = {}
    for page in public(walked):
        names.setdefault(page.meta("description"), set()).add(page.row.name)
    assert {words: sorted(kinds) for words, kinds in names.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize("name", ["title", "description", "image"])
def test_a_link_that_is_shared_has_a_title_words_and_a_picture(walked, name):
    assert [page.row.title for page in public(walked) if not page.meta(f"og:{name}")] == []


def test_the_pictures_are_there(walked, stage):
    guest = entered(None)
    pictures = {page.meta("og:image").split("/", 3)[3] for page in public(walked)}
    assert {path: guest.get(f"/{path}").status_code for path in pictures} == dict.fromkeys(pictures, 200)


def test_every_box_in_which_one_writes_at_length_keeps_a_draft(walked):
    missing = set()
    for _who, page in walked:
        outside = re.sub(r"<auto-draft.*?</auto-draft>", "", page.main, flags=re.DOTALL)
        if re.search(r"<textarea(?![^>]*readonly)", outside):
            missing.add(page.row.title)
    assert missing == set()


def test_no_page_skips_a_level_of_headings(walked):
    assert {page.row.title: page.headings for _who, page in walked if skips(page.headings)} == {}


def test_cards_right_below_the_title_of_a_page_would_be_noticed():
    assert skips(headings('<h1>Courses</h1><h3 lang="en">Say it plainly</h3><h2>Else</h2>')) == [(1, 3)]
