"""Components that show numbers: progress, figures, weeks, tables, charts."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.ui.library import one_of, register

CHART_KINDS = ("bar", "named", "line", "stack")
DAY_STATES = ("on", "kept", "off", "today")


@register.filter
def unlocalized(number: object) -> str:
    """Write a number as scripts read it, without grouping or a decimal comma."""
    return str(number)


@register.simple_tag
def progress(*, done: int, total: int, label: str, shown: bool = False) -> SafeString:
    """Show how much is done; ``label`` names it for those who cannot see it, ``shown`` prints the count beside it."""
    bar = '<progress class="progress" value="{}" max="{}" aria-label="{}"></progress>'
    drawn = format_html(bar, done, max(total, 1), label)
    if not shown:
        return drawn
    return format_html('<span class="progress-row">{}<span class="num">{} / {}</span></span>', drawn, done, total)


@register.inclusion_tag("components/stat.html")
def stat(
    *, label: str, value: str, change: str = "", trend: str = "", note: str = "", href: str = ""
) -> dict[str, Any]:
    """Show one figure with its change; ``trend`` says whether that change is good, bad or neither."""
    one_of(trend, ("", "good", "bad"), argument="trend")
    return {"label": label, "value": value, "change": change, "trend": trend, "note": note, "href": href}


@register.inclusion_tag("components/week.html")
def week(*, days: Sequence[dict[str, str]], label: str) -> dict[str, Any]:
    """Show seven days as squares; each day has ``name`` and ``state``: on, kept (a freeze), today, off."""
    for day in days:
        one_of(day["state"], DAY_STATES, argument="state")
    return {"days": days, "label": label}


@register.simple_block_tag
def table(
    content: SafeString, *, caption: str, csv_url: str = "", hide_caption: bool = False, folds: bool = False
) -> SafeString:
    """
    Wrap rows in a table that scrolls inside itself on a small screen; ``csv_url`` offers them as a file.

    One of many columns ``folds`` there instead: each cell stands below its row's head, beside the name in its ``data-column``.
    """
    link = format_html('<a class="more" href="{}" download>{}</a>', csv_url, gettext("Download CSV")) if csv_url else ""
    hidden = ' class="unseen"' if hide_caption else ""
    shape = (
        '<div class="table-box"><div class="table-scroll" tabindex="0" role="region" aria-label="{}">'
        "<table{}><caption{}>{}</caption>{}</table></div>{}</div>"
    )
    kind = SafeString(' class="table-folds"' if folds else "")
    return format_html(shape, caption, kind, SafeString(hidden), caption, content, link)


@register.inclusion_tag("components/chart.html")
def chart(
    *,
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    kind: str = "bar",
    csv_url: str = "",
    unit: str = "",
) -> dict[str, Any]:
    """
    Show numbers as a picture that is an HTML table first.

    ``columns`` names the first column and then each series; every row is a label followed by one number for each series.
    Of many bars only every few are named, as days are; bars of kind ``named`` all are, and lie down where they must.
    """
    one_of(kind, CHART_KINDS, argument="kind")
    return {"caption": caption, "columns": columns, "rows": rows, "kind": kind, "csv_url": csv_url, "unit": unit}
