"""Numbers in addresses that are larger than any of ours: the page is there, or says that there is none such."""

import pytest

from core.realtime.guarding import may_listen
from core.web.numbers import LARGEST
from forum import operations as forum
from forum.about import describe

pytestmark = pytest.mark.django_db

LARGE = pytest.mark.parametrize("number", [str(LARGEST), "9" * 20, "9" * 5_000], ids=["largest", "20", "5000"])
"""One that Postgres knows, one that it does not, and one that Python does not read either."""
PAGES = (
    "/?cards={}", "/search/?q=bread&page={}", "/community/?page={}", "/courses/?page={}", "/leaderboard/?page={}", "/notifications/?page={}",
    "/points/?page={}", "/orders/?page={}",
)  # fmt: skip


@LARGE
@pytest.mark.parametrize("address", PAGES)
def test_a_list_is_there(page_of, ben, address, number):
    assert page_of(ben).get(address.format(number)).status_code in {200, 404}


@LARGE
@pytest.mark.parametrize("asked", ["post", "page"])
def test_a_thread_is_there(page_of, ada, ben, asked, number):
    thread = forum.start_thread(by=ada, title="Bread", source="Of loaves.", audience=["public"])
    answer = page_of(ben).get(f"{thread.get_absolute_url()}?{asked}={number}", follow=True)
    assert answer.status_code in {200, 404}


@LARGE
def test_nothing_has_such_a_name_to_stand_under_or_to_listen_to(ben, number):
    assert (describe(f"lesson:{number}", viewer=ben), may_listen(ben, f"thread:{number}")) == (None, False)
