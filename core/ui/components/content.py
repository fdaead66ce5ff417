"""Components that hold and label content."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from core.text import in_their_languages
from core.text.characters import HAN
from core.text.words import words_of
from core.ui import formats
from core.ui.drawing import MOTIFS, draw_cover
from core.ui.icons import PATHS, draw_icon
from core.ui.library import one_of, register, remembered

TONES = ("plain", "go", "gold", "seal", "line")
COVER_SHAPES = {"wide": 160, "square": 90, "banner": 320}
CARD_KINDS = ("plain", "quiet", "float", "list")
NOTICE_TONES = {"info": "info", "success": "check-circle", "warning": "warning", "error": "warning"}

_LONG_RUN = re.compile(f"[{HAN}]{{11,}}")
"""More of it than a line of a title has room for on a phone."""
_MARK = "\0"

register.filter("duration", formats.duration)
register.filter("clock", formats.clock)
register.filter("compact", formats.compact)


@register.filter
def breakable(words: str) -> SafeString:
    """
    Let a title break where it may: a name of the kind that programs have where its parts meet, a long run of Chinese between words.

    Titles keep their Chinese together from one mark to the next, so a run that is wider than a phone would end in one character alone.
    """
    if "_" not in words and not _LONG_RUN.search(words):
        return conditional_escape(words)
    marked = _LONG_RUN.sub(lambda run: _MARK.join(words_of(run[0])), words.replace("_", f"_{_MARK}"))
    *parts, last = marked.split(_MARK)
    return format_html("{}{}", format_html_join("", "{}<wbr>", ((part,) for part in parts)), last)


@register.filter
def lessons(number: int) -> str:
    """Write how many lessons something has."""
    return ngettext("%(number)s lesson", "%(number)s lessons", number) % {"number": number}


@register.filter
def money_in(amount: int, currency: str) -> str:
    """Write an amount in minor units in words of its currency, for sums and discounts."""
    return formats.money(amount=amount, currency=currency)


@register.filter
def exactly_in(amount: int, currency: str) -> str:
    """Write an amount of the books: with decimals always, so that a column of them is even."""
    return formats.money(amount=amount, currency=currency, decimals=True)


@register.simple_tag
@remembered
def icon(*, name: str, label: str = "") -> SafeString:
    """Draw an icon; give it a ``label`` only where no words stand beside it."""
    return draw_icon(one_of(name, PATHS, argument="name"), label=label)


@register.simple_tag
def cover(*, title: str, picture_url: str = "", shape: str = "wide", motif: str = "") -> SafeString:
    """Show the picture of a course or thread, or a cover drawn from its title; decoration, so it has no name."""
    one_of(motif, ("", *MOTIFS), argument="motif")
    width = COVER_SHAPES[one_of(shape, COVER_SHAPES, argument="shape")]
    if picture_url:
        picture = '<span class="cover cover-{}"><img src="{}" alt="" width="{}" height="360" loading="lazy"></span>'
        return format_html(picture, shape, picture_url, width * 4)
    # It is remembered where it is drawn: it says nothing, so it is the same in every language.
    drawn = draw_cover(title=title, width=width, motif=motif)
    return SafeString(f'<span class="cover cover-{shape}">{drawn}</span>')


@register.simple_tag
@remembered
def price(*, amount: int, currency: str, was: int | None = None, per: str = "", decimals: bool = False) -> SafeString:
    """
    Show a price from minor units; ``was`` is the price before, struck through; ``per`` says "month" or the like.

    ``decimals`` where it stands under others of which one has them: see ``formats.need_decimals``.
    """
    shown = formats.money(amount=amount, currency=currency, decimals=decimals) if amount else gettext("Free")
    before = (
        format_html('<s><span class="unseen">{} </span>{}</s>', gettext("before:"), _before(was, currency, decimals))
        if was
        else ""
    )
    period = format_html('<small class="price-per"> / {}</small>', per) if per else ""
    return format_html('<span class="price">{}{}{}</span>', shown, period, before)


def _before(was: int, currency: str, decimals: bool) -> str:  # noqa: FBT001 - handed on
    return formats.money(amount=was, currency=currency, decimals=decimals)


@register.simple_tag
def ago(*, moment: datetime) -> SafeString:
    """Show how long ago something was; the element keeps it true while the page stays open."""
    written = '<relative-time><time datetime="{}" title="{}">{}</time></relative-time>'
    return format_html(
        written, moment.isoformat(timespec="seconds"), formats.calendar_day(moment), formats.since(moment)
    )


@register.simple_tag
@remembered
def tag(*, label: str, tone: str = "plain", href: str = "", icon: str = "", lang: str = "") -> SafeString:
    """Show a small label: a topic, a state. ``lang`` is the language of the label when it differs from the page's."""
    one_of(tone, TONES, argument="tone")
    drawn = draw_icon(icon) if icon else ""
    language = format_html(' lang="{}"', lang) if lang else ""
    if href:
        return format_html('<a class="tag tag-{}" href="{}"{}>{}{}</a>', tone, href, language, drawn, label)
    return format_html('<span class="tag tag-{}"{}>{}{}</span>', tone, language, drawn, label)


@register.simple_tag
def why(*, text: str, href: str = "") -> SafeString:
    """Show the true reason why this card is here, in one line above the title."""
    said = in_their_languages(text)
    words = format_html('<a href="{}">{}</a>', href, said) if href else format_html("<span>{}</span>", said)
    return format_html('<p class="why">{}</p>', words)


@register.simple_tag
def live(*, label: str) -> SafeString:
    """Show that people are here right now, with the breathing green dot."""
    return format_html('<span class="live">{}</span>', label)


@register.simple_block_tag
def meta(content: SafeString) -> SafeString:
    """Wrap small facts about a thing; each child stands apart from the next."""
    return format_html('<div class="meta">{}</div>', content)


_AFTER_A_CHINESE_MARK = re.compile(r"(?<=[，。；：？！])\s+")


@register.simple_block_tag
def sentences(content: SafeString) -> SafeString:
    """Sentences that follow each other: a space parts them in English, and none in Chinese."""
    return mark_safe(_AFTER_A_CHINESE_MARK.sub("", content))  # noqa: S308 - what the template drew, less some spaces


@register.simple_block_tag
def card(
    content: SafeString,
    *,
    title: str = "",
    more_url: str = "",
    more_label: str = "",
    kind: str = "plain",
    level: int = 2,
) -> SafeString:
    """Wrap content in a sheet with an optional heading (of ``level``) and a link to more."""
    one_of(kind, CARD_KINDS, argument="kind")
    link = (
        format_html('<a class="more" href="{}">{}</a>', more_url, more_label or gettext("See all")) if more_url else ""
    )
    words = format_html("<h{}>{}</h{}>", level, title, level) if title else ""
    head = format_html('<header class="card-head">{}{}</header>', words, link) if title or more_url else ""
    return format_html('<section class="card card-{}">{}{}</section>', kind, head, content)


@register.simple_block_tag
def notice(content: SafeString, *, tone: str = "info", title: str = "") -> SafeString:
    """Wrap a remark that matters here and now: what happened, what was kept, what to do next."""
    drawn = draw_icon(NOTICE_TONES[one_of(tone, NOTICE_TONES, argument="tone")])
    words = format_html("<strong>{}</strong>", title) if title else ""
    role = "alert" if tone == "error" else "note"
    return format_html(
        '<div class="notice notice-{}" role="{}">{}<div>{}{}</div></div>', tone, role, drawn, words, content
    )


@register.simple_tag
@remembered
def stars(*, mean: float | None, count: int = 0, href: str = "") -> SafeString:
    """Show the mean rating with how many gave one; nothing is shown while there is none."""
    if mean is None or not count:
        return SafeString("")
    shown = floatformat(mean, 1)
    star = draw_icon("star", label=gettext("%(mean)s of 5 stars") % {"mean": shown})
    counted = ngettext("%(number)s rating", "%(number)s ratings", count) % {"number": localize(count)}
    words = format_html('{}<span aria-hidden="true">{}</span><span class="stars-count">{}</span>', star, shown, counted)
    if href:
        return format_html('<a class="stars" href="{}">{}</a>', href, words)
    return format_html('<span class="stars">{}</span>', words)


@register.inclusion_tag("components/crumbs.html")
def crumbs(*, items: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Show the way back up; each item has ``label`` and ``url``."""
    return {"items": items}


@register.inclusion_tag("components/steps.html")
def steps(*, items: Sequence[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Show a list of steps; each item has ``label``, ``state`` (done, now, next) and may have ``note``, ``url``."""
    return {"items": items, "label": label}
