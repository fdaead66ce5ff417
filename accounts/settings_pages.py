"""The pages under ``/settings/``: each room adds its own."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

Label = str | Promise


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """One page of the settings, as a room registered it."""

    key: str
    label: Label
    url_name: str
    icon: str
    order: int


@dataclass(frozen=True, kw_only=True)
class SettingsLink:
    """One page of the settings, as the list beside them shows it."""

    key: str
    label: Label
    url: str
    icon: str
    is_current: bool


_pages: dict[str, SettingsPage] = {}


def register(key: str, *, label: Label, url_name: str, icon: str = "settings", order: int = 100) -> None:
    """Add a page to the settings; registering a ``key`` again replaces it, and a page without an address is left out."""
    _pages[key] = SettingsPage(key=key, label=label, url_name=url_name, icon=icon, order=order)


def links(*, request: HttpRequest, current: str = "") -> list[SettingsLink]:
    """The pages that exist, in order; ``current`` names the one that is shown where the address does not say it."""
    found = [(page, url) for page in sorted(_pages.values(), key=lambda page: page.order) if (url := _address(page))]
    return [
        SettingsLink(
            key=page.key,
            label=page.label,
            url=url,
            icon=page.icon,
            is_current=page.key == current if current else request.path == url,
        )
        for page, url in found
    ]


def _address(page: SettingsPage) -> str:
    try:
        return reverse(page.url_name)
    except NoReverseMatch:
        return ""
