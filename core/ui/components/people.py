"""Components about people: faces, names, badges."""

from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.ui.drawing import initial_of, ink_of
from core.ui.library import one_of, register

FACE_SIZES = {"s": 28, "m": 36, "l": 56, "xl": 96}
RARITIES = ("common", "rare", "precious")

register.filter("initial", initial_of)
register.filter("ink", ink_of)


@register.simple_tag
def avatar(*, name: str, picture_url: str = "", size: str = "m", alone: bool = False) -> SafeString:
    """
    Show a face: the picture, or else the first letter of the name in the name's ink.

    It is decoration beside a name; ``alone=True`` names it for those who cannot see it.
    """
    side = FACE_SIZES[one_of(size, FACE_SIZES, argument="size")]
    if picture_url:
        picture = '<img class="face face-{}" src="{}" alt="{}" width="{}" height="{}" loading="lazy">'
        return format_html(picture, size, picture_url, name if alone else "", side, side)
    spoken = format_html('role="img" aria-label="{}"', name) if alone else SafeString('aria-hidden="true"')
    drawn = '<span class="face face-{} ink-{}" data-initial="{}" {}></span>'
    return format_html(drawn, size, ink_of(name), initial_of(name), spoken)


@register.inclusion_tag("components/person.html")
def person(*, name: str, url: str = "", picture_url: str = "", note: str = "", size: str = "s") -> dict[str, Any]:
    """Show a face with its name, linked when there is a page, and a short note under it."""
    return {"name": name, "url": url, "picture_url": picture_url, "note": note, "size": size}


@register.inclusion_tag("components/badge.html")
def badge(
    *,
    name: str,
    icon: str = "medal",
    rarity: str = "common",
    note: str = "",
    earned_at: datetime | None = None,
    url: str = "",
) -> dict[str, Any]:
    """Show a badge as a drawn medal; without ``earned_at`` it is one still to earn."""
    one_of(rarity, RARITIES, argument="rarity")
    return {"name": name, "icon": icon, "rarity": rarity, "note": note, "earned_at": earned_at, "url": url}
