"""What counts as having watched a recording, in whole seconds, apart from any database."""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]

ENOUGH = 0.9
"""The share of a recording that completes its lesson: the last tenth is often thanks and silence."""
FASTEST = 2
"""The fastest speed that a player offers."""
ALLOWANCE = 30
"""Seconds that may be claimed beyond that: clocks differ, and players report what they have begun."""
MOST_SPANS = 200
NEAR = 1
"""Two spans so near to each other are one: players report at odd fractions of seconds."""


def merged(spans: Iterable[Sequence[int]], *, length: int) -> list[Span]:
    """``spans`` within ``length``, in order, none touching another; more than can be stored lose the shortest."""
    found: list[Span] = []
    for start, end in sorted((max(0, one[0]), min(one[1], length)) for one in spans):
        if end <= start:
            continue
        if found and start <= found[-1][1] + NEAR:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    if len(found) > MOST_SPANS:
        found = sorted(sorted(found, key=lambda one: one[0] - one[1])[:MOST_SPANS])
    return found


def seconds_of(spans: Iterable[Sequence[int]]) -> int:
    """How long merged ``spans`` are together."""
    return sum(end - start for start, end in spans)


def can_have_watched(seconds: int, *, within: float) -> bool:
    """Whether so much can have been played in so much time."""
    return seconds <= FASTEST * within + ALLOWANCE
