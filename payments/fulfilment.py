"""What rooms above do when something was bought or lost, in the same transaction, and how they name what it opens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from .models import Entitlement, Product


@dataclass(frozen=True, kw_only=True)
class Description:
    """How a thing is shown and where it is; ``begin`` says what the one button after paying does, ``begin_url`` where it leads."""

    title: str
    url: str
    begin: str = ""
    begin_url: str = ""
    note: str = ""
    cover_url: str = ""
    language: str = ""


Hook = Callable[["Entitlement"], None]
Dropped = Callable[["Product"], None]
Describe = Callable[["Product"], Description]
Progress = Callable[[Any, str], int]
Resume = Callable[[Any, str], tuple[str, str] | None]
Refuses = Callable[[Any, str], str]


@dataclass(frozen=True, kw_only=True)
class Fulfilment:
    """What one kind of product means to the room that owns it."""

    granted: Hook
    ended: Hook
    describe: Describe | None
    progress: Progress | None
    resume: Resume | None = None
    refuses: Refuses | None = None
    dropped: Dropped | None = None
    called: str | Promise = ""
    parting: str | Promise = ""


def _nothing(entitlement: "Entitlement") -> None:
    """A kind that keeps no rows of its own has nothing to do: the key alone opens it."""


_kinds: dict[str, Fulfilment] = {}
_when_ended: list[Hook] = []
_UNKNOWN = Fulfilment(granted=_nothing, ended=_nothing, describe=None, progress=None)


def register(
    kind: str,
    *,
    called: str | Promise = "",
    parting: str | Promise = "",
    granted: Hook = _nothing,
    ended: Hook = _nothing,
    describe: Describe | None = None,
    progress: Progress | None = None,
    resume: Resume | None = None,
    refuses: Refuses | None = None,
    dropped: Dropped | None = None,
) -> None:
    """
    Say what products of ``kind`` mean; called in the ``ready()`` of the room that owns them.

    ``called`` names the kind at the desk, ``parting`` says to whoever gives one back what else they lose by it and what stays theirs. ``granted`` and ``ended`` get the entitlement, in the transaction that writes it. ``progress(user, subject)`` is how far
    the user has come, 0 to 100; a refund policy that limits progress asks it. ``resume(user, subject)`` gives words and address of the
    place where one who had begun before paying goes on, None for who had not. ``refuses(user, subject)`` says to whom it would be of no
    use why that is so; empty where nothing speaks against buying it. ``dropped(product)`` is called in the transaction by which a
    membership includes the product no more: its members may hold it no longer, though no entitlement of theirs has ended.
    """
    _kinds[kind] = Fulfilment(
        granted=granted,
        ended=ended,
        describe=describe,
        progress=progress,
        resume=resume,
        refuses=refuses,
        dropped=dropped,
        called=called,
        parting=parting,
    )


def when_ended(hook: Hook) -> None:
    """Let ``hook`` have every entitlement that ends, of whatever kind, in the transaction that ends it; for rooms that own no kind."""
    _when_ended.append(hook)


def tell_of_end(entitlement: "Entitlement", kind: str) -> None:
    """Tell the room that owns ``kind`` that ``entitlement`` has ended, then whoever wants to know of all."""
    of(kind).ended(entitlement)
    for hook in _when_ended:
        hook(entitlement)


def tell_of_exclusion(product: "Product") -> None:
    """Tell the room that owns ``product`` that a membership includes it no more."""
    dropped = of(product.kind).dropped
    if dropped:
        dropped(product)


def of(kind: str) -> Fulfilment:
    """What was registered for ``kind``; nothing happens for a kind that nobody registered."""
    return _kinds.get(kind, _UNKNOWN)


def in_words(kind: str) -> str:
    """What products of ``kind`` are called; the code itself where no room names it."""
    return str(of(kind).called) or kind


def partings(kinds: Iterable[str]) -> list[str]:
    """What is said to whoever gives back things of ``kinds``, each sentence once."""
    return list(dict.fromkeys(str(words) for kind in kinds if (words := of(kind).parting)))


def kinds() -> set[str]:
    """All kinds of which a room says what they mean."""
    return set(_kinds)


def describe(product: "Product") -> Description:
    """How ``product`` is shown; by its own title where its room says nothing."""
    tell = of(product.kind).describe
    return tell(product) if tell else Description(title=product.title, url="", language=product.language)


def described_to(buyer: Any, product: "Product") -> Description:
    """How ``product`` is shown to who has bought it; its button goes on where they had begun already."""
    shown, resume = describe(product), of(product.kind).resume
    place = resume(buyer, product.subject) if resume else None
    return replace(shown, begin=place[0], begin_url=place[1]) if place else shown


def refusal(buyer: Any, product: "Product") -> str:
    """Why ``product`` would be of no use to ``buyer``, in words for them; empty where nothing speaks against buying it."""
    refuses = of(product.kind).refuses
    return refuses(buyer, product.subject) if refuses else ""
