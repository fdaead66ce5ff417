"""
Each kind of what is ranked has its turn: of ten ranked cards at least one is a course, and one is talk, where there is one to show.

Of what is written every day there is a hundred times as much as of courses. Ranked by worth alone it fills the page, and whoever came to
learn is never told of the course that fits them best.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from recsys import rules


def in_turns(
    ranked: Sequence[int], best_of: Mapping[str, Sequence[int]], *, kind_of: Callable[[int], str], limit: int
) -> list[int]:
    """
    The first ``limit`` of ``ranked``, where a kind that is not among the cards of its ten has its turn with the next of ``best_of`` it.

    A longer list begins with the shorter one.
    """
    turns = dict(enumerate(sorted(best_of), rules.FIRST_TURN))
    waiting, found = dict.fromkeys(ranked), dict[int, None]()
    while waiting and len(found) < limit:
        place = len(found) % rules.TURNS_AMONG
        kind = turns.get(place, "")
        is_there = kind in map(kind_of, islice(reversed(found), place))
        due = () if is_there else best_of.get(kind, ())
        card = next((n for n in due if n not in found), None)
        card = next(iter(waiting)) if card is None else card
        found[card] = None
        waiting.pop(card, None)
    return list(found)
