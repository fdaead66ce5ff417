"""Every address has a row, and every row holds for all nine personas."""

from collections import Counter

import pytest
from django.urls import URLPattern, get_resolver

from community.access import Answer, Persona, table
from community.access.stage import Stage

# The first test of each worker makes the world.
pytestmark = pytest.mark.timeout(600)

GET_ROWS = [row for row in table() if row.method == "GET"]
EMPTY_ROWS = [row for row in GET_ROWS if row.case == "nothing yet"]
OTHER_ROWS = [row for row in table() if row.method != "GET"]


def addresses(resolver=None, before="", space=""):
    """The name of every address of the site; its pattern where it has none."""
    for one in (resolver or get_resolver()).url_patterns:
        pattern = f"{before}{one.pattern}"
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}" if one.name else pattern
        else:
            yield from addresses(one, pattern, f"{space}{one.namespace}:" if one.namespace else space)


def test_every_address_has_a_row():
    missing = sorted(set(addresses()) - {row.name for row in table()})
    assert "\n".join(missing) == "", "Write a row for each into community/access/: who may, and what the others see."


def test_every_row_has_an_address():
    assert sorted({row.name for row in table()} - set(addresses())) == []


def test_no_row_stands_twice():
    assert [title for title, times in Counter(row.title for row in table()).items() if times > 1] == []


def test_who_comes_back_to_the_stage_finds_the_same_people(stage):
    assert Stage().people == stage.people


def test_an_address_without_a_row_is_noticed(settings):
    settings.ROOT_URLCONF = "core.web.tests.test_responses"
    assert {"fails/<how>/", "fine/"} <= set(addresses()) - {row.name for row in table()}


def said(answer):
    if answer.streaming:
        list(answer.streaming_content)
    if answer.status_code in {301, 302} and answer.headers["Location"].startswith("/account/login/"):
        return Answer.LOG_IN
    return Answer(answer.status_code)


def named(answers):
    return {str(persona): answer.name for persona, answer in answers.items()}


@pytest.mark.leak
@pytest.mark.parametrize("row", GET_ROWS, ids=lambda row: row.title)
def test_what_the_table_says_is_what_they_see(stage, browsers, row):
    address = row.address(stage)
    seen = {persona: said(browser.get(address)) for persona, browser in browsers.items()}
    assert named(seen) == named({persona: row.answer_in(stage, persona) for persona in Persona})


@pytest.mark.parametrize("row", EMPTY_ROWS, ids=lambda row: row.title)
def test_who_is_said_to_have_nothing_yet_has_nothing(stage, browsers, row):
    page = browsers[row.seen_by].get(row.address(stage)).content.decode()
    assert page.count('<div class="empty">') == 1


@pytest.mark.leak
@pytest.mark.parametrize("row", OTHER_ROWS, ids=lambda row: row.title)
def test_whoever_may_not_changes_nothing(stage, browsers, row):
    address = row.address(stage)
    refused = [persona for persona in Persona if persona not in row.may]
    seen = {persona: said(browsers[persona].post(address)) for persona in refused}
    assert named(seen) == named({persona: row.door.answer(persona) for persona in refused})


@pytest.mark.parametrize("row", OTHER_ROWS, ids=lambda row: row.title)
def test_looking_changes_nothing(stage, browsers, row):
    address = row.address(stage)
    seen = {said(browser.get(address)) for browser in browsers.values()}
    assert seen <= {Answer.NOT_SO, Answer.LOG_IN, Answer.SENT_ON}
