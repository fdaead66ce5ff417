"""What a client that was away gets."""

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
    # The number first: read after the messages it could know of one that they do not hold.
    last = last_numbers([stream]).get(stream, 0)
    messages = list(Message.objects.filter(stream=stream, seq__gt=seq).order_by("seq")[: MOST + 1])
    if len(messages) > MOST or (messages and messages[0].seq != seq + 1):
        return CatchUp([], must_reload=True)
    # Further than we are: the page was drawn before a restore, and would wait for numbers that it takes for old ones.
    if not messages and last != seq:
        return CatchUp([], must_reload=True)
    return CatchUp(messages, must_reload=False)


def last_numbers(streams: list[str]) -> dict[str, int]:
    """The last number of each of ``streams`` that has one."""
    return dict(Stream.objects.filter(name__in=streams).values_list("name", "seq"))
