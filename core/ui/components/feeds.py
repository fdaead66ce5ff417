"""The card of a feed: of one there are forty on a page, so it is filled and not drawn anew."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template import Context
from django.template.defaultfilters import floatformat
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from core.text import in_their_languages
from core.ui.components.content import breakable, cover
from core.ui.components.people import avatar
from core.ui.library import register
from core.ui.stencils import Stencil

_ASIS = (
    "url", "title", "lang", "kind", "live", "other_language", "why_url", "not_interested_url", "known_url", "less_url", "topic",
)  # fmt: skip
_CARD = Stencil("components/feed_card.html", slots=(*_ASIS, "why", "facts", "mean", "picture", "csrf_token", "here"))


@register.simple_tag(takes_context=True)
def feed_cards(context: Context, *, items: Iterable[Mapping[str, Any]]) -> SafeString:
    """
    Draw the cards of ``items``: url, title, lang, kind (in words), why, facts (short texts), mean, cover_url, live (text).

    ``other_language`` names the language that it is written in, if not the viewer's; with ``is_person`` and ``picture_url`` a face stands
    in place of the cover; ``why_url``, ``not_interested_url``, ``known_url``, ``less_url`` and ``topic`` are what its menu offers. The page
    says where it is (``here``, an address), so that what the menu does without scripts leads back to it.
    """
    page = {"csrf_token": str(context.get("csrf_token", "")), "here": context.get("here", "/")}
    return _CARD.filled(*(_values(item) | page for item in items))


def _values(item: Mapping[str, Any]) -> dict[str, Any]:
    mean = item.get("mean")
    return {
        **{slot: item.get(slot, "") for slot in _ASIS},
        "title": breakable(item["title"]),
        "why": in_their_languages(item["why"]),
        "facts": SafeString("".join([f"<span>{conditional_escape(fact)}</span>" for fact in item["facts"]])),
        "mean": floatformat(mean, 1) if mean else "",
        "picture": _picture(item),
    }


def _picture(item: Mapping[str, Any]) -> SafeString:
    if item.get("is_person"):
        return avatar(name=item["title"], picture_url=item.get("picture_url", ""), size="l")
    return cover(title=item["title"], picture_url=item.get("cover_url", ""), shape="square")
