"""
The keys that a viewer holds, worked out once per request.

A key names a container (``course:42``, ``tier:gold``, ``group:7``), so that a change of rights changes what the viewer
holds and never the rows. Two conditions at once are not a key: that is ``courses.unlocking``'s question.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.web.prepared import Prepared

Viewer = Any
"""A ``User`` or Django's ``AnonymousUser``."""

PUBLIC = "public"
MEMBERS = "members"
STAFF = "staff"

Grants = Callable[[Any], Iterable[str]]
GrantingRows = Callable[[Any, Any], QuerySet[Any, Any]]
HidingRows = Callable[[Any], QuerySet[Any, Any]]
_grants: list[Grants] = []
_granting: list[GrantingRows] = []
_hiding: list[HidingRows] = []


def grants(provider: Grants) -> Grants:
    """Register who says which keys a logged-in, active viewer holds, where no row does."""
    if provider not in _grants:
        _grants.append(provider)
    return provider


def grants_by_rows(provider: GrantingRows) -> GrantingRows:
    """
    Register whose rows say which keys a logged-in, active viewer holds: ``provider(viewer_id, now)`` gives them, of one column.

    Every request asks, so the rows of all rooms are one statement that is put together once: what is given goes into filters and
    nowhere else.
    """
    if provider not in _granting:
        _granting.append(provider)
    return provider


def hides_by_rows(provider: HidingRows) -> HidingRows:
    """
    Register whose rows say which authors hide their work from a viewer, the one negative part of the rule.

    ``provider(viewer_id)`` gives their ids, under the terms of ``grants_by_rows``.
    """
    if provider not in _hiding:
        _hiding.append(provider)
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
        rows = _HIDDEN.rows(viewer=viewer.pk) if viewer.is_authenticated else ()
        viewer._hidden_authors = frozenset(author for (author,) in rows)  # noqa: SLF001
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
    yield from (key for (key,) in _GRANTED.rows(viewer=viewer.pk, now=timezone.now()))
    for ask in _grants:
        yield from ask(viewer)


def _together(rows: Iterable[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    first, *others = rows
    return first.union(*others)


_GRANTED = Prepared(lambda viewer, now: _together(ask(viewer, now) for ask in _granting), viewer="id", now="time")
_HIDDEN = Prepared(lambda viewer: _together(ask(viewer) for ask in _hiding), viewer="id")
