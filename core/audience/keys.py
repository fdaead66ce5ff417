"""
The keys that a viewer holds, worked out once per request.

A key names a container (``course:42``, ``tier:gold``, ``group:7``), so that a change of rights changes what the viewer
holds and never the rows. Two conditions at once are not a key: that is ``courses.unlocking``'s question.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

Viewer = Any
"""A ``User`` or Django's ``AnonymousUser``."""

PUBLIC = "public"
MEMBERS = "members"
STAFF = "staff"

Grants = Callable[[Any], Iterable[str]]
Hides = Callable[[Any], Iterable[int]]
_grants: list[Grants] = []
_hides: list[Hides] = []


def grants(provider: Grants) -> Grants:
    """Register who says which keys a logged-in, active viewer holds; one who answers by a QuerySet of them costs no query of its own."""
    if provider not in _grants:
        _grants.append(provider)
    return provider


def hides(provider: Hides) -> Hides:
    """Register who says which authors hide their work from a viewer: the one negative part of the rule."""
    if provider not in _hides:
        _hides.append(provider)
    return provider


def keys_of(viewer: Viewer) -> frozenset[str]:
    """
    The keys that ``viewer`` holds; cached on the object, so for one request.

    A guest, an inactive and a suspended member hold only ``public``. A socket, which outlives requests, calls
    ``forget`` first.
    """
    if not isinstance(getattr(viewer, "_audience_keys", None), frozenset):
        viewer._audience_keys = frozenset(_work_out(viewer))  # noqa: SLF001 - kept on the viewer, to live as long as it
    found: frozenset[str] = viewer._audience_keys  # noqa: SLF001
    return found


def hidden_authors(viewer: Viewer) -> frozenset[int]:
    """The ids of authors whose work ``viewer`` does not get to see; cached like the keys."""
    if not isinstance(getattr(viewer, "_hidden_authors", None), frozenset):
        known = viewer.is_authenticated
        viewer._hidden_authors = frozenset(author for ask in _hides if known for author in ask(viewer))  # noqa: SLF001
    found: frozenset[int] = viewer._hidden_authors  # noqa: SLF001
    return found


def forget(viewer: Viewer) -> None:
    """Let the next question about ``viewer`` be worked out anew."""
    for name in ("_audience_keys", "_hidden_authors"):
        viewer.__dict__.pop(name, None)


def is_suspended(viewer: Viewer) -> bool:
    """Whether ``viewer`` may not take part for a while."""
    until = getattr(viewer, "suspended_until", None)
    return until is not None and until > timezone.now()


def _work_out(viewer: Viewer) -> Iterable[str]:
    yield PUBLIC
    if not viewer.is_authenticated or not viewer.is_active or is_suspended(viewer):
        return
    yield MEMBERS
    yield f"user:{viewer.pk}"
    if viewer.is_staff:
        yield STAFF
    yield from _granted([ask(viewer) for ask in _grants])


def _granted(answers: list[Iterable[str]]) -> Iterator[str]:
    """What the rooms answered; those that say it by a QuerySet are asked in one statement, since every request asks."""
    asked = [one for one in answers if isinstance(one, QuerySet)]
    if asked:
        yield from asked[0].union(*asked[1:])
    for answer in answers:
        if not isinstance(answer, QuerySet):
            yield from answer
