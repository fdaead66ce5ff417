"""Which of its true reasons a card names."""

from types import SimpleNamespace

import pytest

from recsys.engine.reasons import Reason
from recsys.queries.telling import told

DONE = 7


@pytest.fixture
def cards():
    """What cards name of whom words are worth ``said`` and the strongest thing done ``done``, each a pair."""

    def name(*pairs):
        items = [SimpleNamespace(said=said) for said, _ in pairs]
        why = [[Reason(DONE, done)] if done else [] for _, done in pairs]
        liking = SimpleNamespace(lost_without_words=lambda item: item.said / 3.0)
        return ["done" if one else "said" for one in told(items, why, liking=liking)]

    return name


def test_the_stronger_one_is_named(cards):
    assert cards((0.9, 0.3), (0.2, 0.3), (0, 0.1)) == ["said", "done", "done"]


def test_what_was_said_three_times_leaves_the_word_to_what_was_done(cards):
    assert cards(*[(0.9, 0.3)] * 6) == ["said"] * 3 + ["done"] * 3


def test_but_not_to_a_trifle(cards):
    assert cards(*[(0.9, 0.05)] * 5) == ["said"] * 5


def test_nothing_is_made_up(cards):
    assert cards(*[(0.9, 0)] * 5) == ["said"] * 5
    assert cards(*[(0, 0.3)] * 5) == ["done"] * 5
