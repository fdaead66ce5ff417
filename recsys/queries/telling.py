"""Which of its true reasons a card names."""

from collections import Counter
from collections.abc import Sequence

from recsys import kinds
from recsys.engine.reasons import Reason

from .liking import INTEREST_BONUS, Liking

OFTEN = 3
"""So many cards of a list may have one reason before others are heard."""
SMALL = 0.1
"""What weighs less than such a share of the strongest reason is not worth naming in its place."""


def told(items: Sequence[kinds.Item], why: Sequence[Sequence[Reason]], *, liking: Liking) -> list[Reason | None]:
    """
    For each of ``items`` what its card names: the strongest of its reasons ``why``, or None for what the member said.

    What one said may speak louder for a card than any single thing that one did, and would then speak on every card. A reason
    that was named often leaves the word to the other one, where that is not small.
    """
    named: list[Reason | None] = []
    times: Counter[int | None] = Counter()
    for item, found in zip(items, why, strict=True):
        done = found[0] if found else None
        said = INTEREST_BONUS * liking.lost_without_words(item)
        one = _one_of(done, said, times)
        times[one.item if one else None] += 1
        named.append(one)
    return named


def _one_of(done: Reason | None, said: float, times: Counter[int | None]) -> Reason | None:
    if done is None or said <= 0:
        return done
    does_say = said > done.drop
    is_worn = times[None if does_say else done.item] >= OFTEN
    is_small = min(said, done.drop) < SMALL * max(said, done.drop)
    return None if does_say != (is_worn and not is_small) else done
