"""What a page without a socket may ask for, and what it is told when it asks for nonsense."""

import pytest

from core.realtime import topics

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(ben, page_of):
    def ask(seq):
        return page_of(ben).get("/live/since/", {"topic": topics.sign(f"user:{ben.pk}"), "seq": seq})

    return ask


@pytest.mark.parametrize("seq", ["0", str(2**63 - 1)])
def test_a_number_is_answered(ask, seq):
    assert ask(seq).json()["messages"] == []


@pytest.mark.parametrize("seq", ["", "-1", "1.5", "x", str(2**63), "9" * 3000, "9" * 5000])
def test_what_is_no_number_of_a_message_is_refused(ask, seq):
    assert (ask(seq).status_code, ask(seq).json()) == (404, {"refused": True})
