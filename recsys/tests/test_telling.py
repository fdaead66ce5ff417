"""Which of its true reasons a card names."""

from collections import Counter

import numpy as np
import pytest

from recsys.kinds import Item
from recsys.queries import telling
from recsys.queries.interests import Stated
from recsys.queries.liking import Liking
from recsys.queries.telling import Voice


@pytest.fixture
def cards():
    """The kinds of reason that cards name for which the given kinds speak, each with its weight."""

    def name(*cards):
        heard, named = Counter(), []
        for found in cards:
            voices = [
                Voice(kind=kind, about=f"{kind}:1", weight=weight, source="", say=str) for kind, weight in found.items()
            ]
            voice = telling._chosen(voices, heard)
            heard.update((voice.kind, voice.about) if voice else ())
            named.append(voice.kind if voice else None)
        return named

    return name


def test_the_strongest_one_is_named(cards):
    assert cards({"said": 0.9, "did": 0.3}, {"followed": 0.2, "person": 0.3}) == ["said", "person"]


def test_what_was_named_leaves_the_word_to_what_was_not(cards):
    assert Counter(cards(*[{"said": 0.9, "did": 0.6, "person": 0.4}] * 9)) == {"said": 4, "did": 3, "person": 2}


def test_but_not_to_a_trifle(cards):
    assert cards(*[{"said": 0.9, "did": 0.05}] * 9) == ["said"] * 9


def test_nothing_is_made_up(cards):
    assert cards({}, {"did": 0.3}) == [None, "did"]


@pytest.mark.parametrize(("acts", "topic"), [(1, None), (3, None), (4, 7)])
def test_often_is_not_once_or_twice(acts, topic):
    about_seven = {
        f"thread:{n}": Item(
            name=f"thread:{n}",
            title="",
            language="en",
            creator_id=n,
            topic_ids=frozenset({7}),
            draw=object,
        )
        for n in range(acts + 1)
    }
    liking = Liking(history=[(f"thread:{n}", 1.0) for n in range(acts)], items=about_seven, stated={}, refused=[])
    assert liking.most_done(about_seven[f"thread:{acts}"]) == topic


def test_what_a_card_owes_to_an_act_is_what_it_is_worth_less_without_it():
    def about(n, by, *topics):
        return Item(
            name=f"thread:{n}", title="", language="en", creator_id=by, topic_ids=frozenset(topics), draw=object
        )  # fmt: skip

    done = [about(1, 1, 7), about(2, 2, 7, 8), about(3, 1), about(4, 1, 8), about(5, 1, 9), about(6, 1, 9)]
    cards = [about(11, 1, 7), about(12, 2, 8, 9), about(13, 3, 10), about(14, 2), about(15, 1, 7, 9)]
    history = [(one.name, 1.0 + n / 2) for n, one in enumerate(done)]

    def liking(items):
        return Liking(
            history=history, items={one.name: one for one in items}, stated={7: Stated(weight=0.4, source="said")},
            refused=[],
        )  # fmt: skip

    whole = liking(done)
    without = [liking([one for one in done if one is not left_out]) for left_out in done]
    lost = [[whole.worth(card) - less.worth(card) for card in cards] for less in without]
    assert np.any(np.array(lost) > 0.1)
    assert np.allclose(whole.drops(cards, history=[name for name, _ in history]), lost)
