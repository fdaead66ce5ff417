"""Where one can go: apps register their entries, layouts show those whose page exists."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import Promise

from core.web.naming import address_of

Label = str | Promise
Condition = Callable[[HttpRequest], bool]


class Place(StrEnum):
    """A part of the layout that holds navigation."""

    TOP = "top"
    THUMBS = "thumbs"
    ME = "me"
    FOOTER = "footer"
    SETTINGS = "settings"
    STUDIO = "studio"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to go to, as an app registered it."""

    key: str
    label: Label
    url_name: str
    places: frozenset[Place]
    icon: str
    order: int
    condition: Condition | None


@dataclass(frozen=True, kw_only=True)
class Link:
    """One thing to go to, as this request sees it."""

    key: str
    label: Label
    url: str
    icon: str
    is_current: bool


_entries: dict[str, Entry] = {}


def register(
    key: str,
    *,
    label: Label,
    url_name: str,
    places: set[Place],
    icon: str = "circle",
    order: int = 100,
    condition: Condition | None = None,
) -> None:
    """
    Add an entry to the ``places`` of the layout, in order of ``order``; registering a ``key`` again replaces it.

    ``condition`` decides per request, e.g. ``navigation.members_only``. A page that has no URL is left out silently.
    """
    entry = Entry(
        key=key, label=label, url_name=url_name, places=frozenset(places), icon=icon, order=order, condition=condition
    )
    _entries[key] = entry


def members_only(request: HttpRequest) -> bool:
    """Return whether the viewer is logged in; a condition for ``register``."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)


def links(*, place: str, request: HttpRequest | None) -> list[Link]:
    """Return what may be gone to from ``place``; the longest address that the request's begins with is the current one."""
    shown = [entry for entry in _entries.values() if Place(place) in entry.places and _is_open(entry, request)]
    addressed = [(entry, url) for entry in sorted(shown, key=lambda entry: entry.order) if (url := _address(entry))]
    path = getattr(request, "path", "")
    current = max((url for _entry, url in addressed if _leads_to(url, path)), key=len, default=None)
    return [
        Link(key=entry.key, label=entry.label, url=url, icon=entry.icon, is_current=url == current)
        for entry, url in addressed
    ]


def _is_open(entry: Entry, request: HttpRequest | None) -> bool:
    return entry.condition is None or (request is not None and entry.condition(request))


def _address(entry: Entry) -> str:
    try:
        return address_of(entry.url_name)
    except NoReverseMatch:
        return ""


def _leads_to(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
