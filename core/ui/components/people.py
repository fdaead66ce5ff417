"""Components about people: faces, names, badges."""

from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.ui.drawing import initial_of, ink_of
from core.ui.library import one_of, register, remembered

FACE_SIZES = {"s": 28, "m": 36, "l": 56, "xl": 96}
RARITIES = ("common", "rare", "precious")

register.filter("initial", initial_of)
register.filter("ink", ink_of)


@register.simple_tag
@remembered
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


@register.simple_tag
@remembered
def person(
    *, name: str, face: str = "", url: str = "", picture_url: str = "", note: str = "", size: str = "s"
) -> SafeString:
    """
    Show a face with its name, linked when there is a page, and a short note under it.

    ``face`` is the name that draws the face, where what stands beside it is another word, as "You".
    """
    own = avatar(name=face or name, picture_url=picture_url, size=size)
    remark = format_html('<span class="person-note">{}</span>', note) if note else ""
    words = format_html('{}<span class="person-words"><span class="person-name">{}</span>{}</span>', own, name, remark)
    if url:
        return format_html('<a class="person" href="{}">{}</a>', url, words)
    return format_html('<span class="person">{}</span>', words)


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
