"""Who may listen to what; asked at subscription, at reconnection and again when rights may have changed."""

from collections.abc import Callable
from typing import Any

from core.audience.keys import keys_of
from core.web.numbers import number_in

Guard = Callable[[Any, int], bool]
_guards: dict[str, Guard] = {}


def guards(kind: str) -> Callable[[Guard], Guard]:
    """Let the decorated ``may_listen(viewer, id)`` decide for streams named ``kind:id``."""

    def register(guard: Guard) -> Guard:
        _guards[kind] = guard
        return guard

    return register


def may_listen(viewer: Any, stream: str) -> bool:
    """Whether ``viewer`` may listen to ``stream`` now; a kind without a guard is closed to everybody."""
    kind, _, ident = stream.partition(":")
    guard, number = _guards.get(kind), number_in(ident)
    return guard is not None and number is not None and guard(viewer, number)


@guards("user")
def _only_oneself(viewer: Any, ident: int) -> bool:
    # The key and not the id: who is suspended or inactive does not hold it.
    return f"user:{ident}" in keys_of(viewer)
