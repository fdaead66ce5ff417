"""What a client that was away gets."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from .models import Message, Stream

MOST = 500


@dataclass(frozen=True)
class CatchUp:
    """The messages after a number, or the word that there are too many or too old ones."""

    messages: list[Message]
    must_reload: bool


def since(*, stream: str, seq: int) -> CatchUp:
    """What followed number ``seq`` in ``stream``, in order; beyond 500 messages or seven days the page must be reloaded."""
    return since_each({stream: seq})[0][stream]


def since_each(seen: Mapping[str, int]) -> tuple[dict[str, CatchUp], dict[str, int]]:
    """As ``since`` for many streams in two queries, and the last number of each of them that has one."""
    # The numbers first: read after the messages they could know of one that those do not hold.
    last = last_numbers(list(seen))
    messages = _after({stream: seq for stream, seq in seen.items() if last.get(stream, 0) != seq})
    return {stream: _judged(messages[stream], seq, last.get(stream, 0)) for stream, seq in seen.items()}, last


def last_numbers(streams: list[str]) -> dict[str, int]:
    """The last number of each of ``streams`` that has one."""
    return dict(Stream.objects.filter(name__in=streams).values_list("name", "seq"))


def _judged(messages: list[Message], seq: int, last: int) -> CatchUp:
    if len(messages) > MOST or (messages and messages[0].seq != seq + 1):
        return CatchUp([], must_reload=True)
    # Further than we are: the page was drawn before a restore, and would wait for numbers that it takes for old ones.
    if not messages and last != seq:
        return CatchUp([], must_reload=True)
    return CatchUp(messages, must_reload=False)


_AFTER = """
    SELECT message.* FROM unnest(%s::text[], %s::bigint[]) AS seen (stream, seq) CROSS JOIN LATERAL (
        SELECT * FROM realtime_message AS later WHERE later.stream = seen.stream AND later.seq > seen.seq
        ORDER BY later.seq LIMIT %s
    ) AS message ORDER BY message.stream, message.seq
"""


def _after(seen: Mapping[str, int]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    if seen:
        for message in Message.objects.raw(_AFTER, [list(seen), list(seen.values()), MOST + 1]):
            found[message.stream].append(message)
    return found
