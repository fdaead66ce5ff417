"""The card of a feed: of one there are forty on a page, so it is filled and not drawn anew."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.template import Context
from django.template.defaultfilters import floatformat
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.text import in_their_languages
from core.ui.components.content import breakable, cover
from core.ui.components.people import avatar
from core.ui.library import register
from core.ui.stencils import Stencil

_CARD = Stencil(
    "components/feed_card.html",
    slots=(
        "url", "title", "lang", "kind", "live", "other_language", "why_url", "not_interested_url", "known_url", "less_url", "topic",
        "why", "facts", "mean", "picture", "csrf_token", "here",
    ),
)  # fmt: skip
CARDS = 8_192
"""What is drawn of so many is remembered, of about two kilobytes each, and as many sentences."""


@register.simple_tag(takes_context=True)
def feed_cards(context: Context, *, items: Iterable[Mapping[str, Any]]) -> SafeString:
    """
    Draw the cards of ``items``: url, title, lang, kind (in words), why, facts (short texts), mean, cover_url, live (text).

    ``other_language`` names the language that it is written in, if not the viewer's; with ``is_person`` and ``picture_url`` a face stands
    in place of the cover; ``why_url``, ``not_interested_url``, ``known_url``, ``less_url`` and ``topic`` are what its menu offers. The page
    says where it is (``here``, an address), so that what the menu does without scripts leads back to it.
    """
    page = {"csrf_token": str(context.get("csrf_token", "")), "here": context.get("here", "/")}
    language = get_language()
    return _CARD.filled(
        *({**item, **_drawn_of(item, language), "why": _why(item["why"], language), **page} for item in items)
    )


@lru_cache(CARDS, typed=True)
def _why(sentence: str, language: str | None) -> SafeString:
    return in_their_languages(sentence, page=language)


def _drawn_of(item: Mapping[str, Any], language: str | None) -> dict[str, SafeString]:
    is_person = bool(item.get("is_person"))
    picture_url = item.get("picture_url" if is_person else "cover_url", "")
    return _drawn(language, is_person, picture_url, item["title"], item.get("mean"), *item["facts"])


@lru_cache(CARDS, typed=True)
def _drawn(
    _language: str | None, is_person: bool, picture_url: str, title: str, mean: float | None, *facts: str  # noqa: FBT001 - as the key
) -> dict[str, SafeString]:  # fmt: skip
    """What of a card follows from the thing alone; words that are safe and words that are not are told apart, though they may be equal."""
    return {
        "title": breakable(title),
        "facts": SafeString("".join([f"<span>{conditional_escape(fact)}</span>" for fact in facts])),
        "mean": SafeString(floatformat(mean, 1) if mean else ""),
        "picture": avatar(name=title, picture_url=picture_url, size="l") if is_person else cover(title=title, picture_url=picture_url, shape="square"),
    }  # fmt: skip
