"""How numbers, money and spans of time are written, in the language of the page."""

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext

from core.text import is_chinese

NO_MINOR_UNIT = frozenset({"JPY", "KRW", "VND"})
SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "TWD": "NT$",
    "SGD": "S$",
    "JPY": "JP¥",
    "KRW": "₩",
}
REMEMBERED = 4_096
LONG_NUMBER, HUNDRED, HOUR = 10_000, 100, 60
SYMBOLS_IN_CHINESE = {"USD": "US$"}


def money(*, amount: int, currency: str, decimals: bool = False) -> str:
    """
    Write ``amount`` (in the smallest unit of ``currency``, e.g. 12900 fen) as a price; whole amounts have no decimals.

    With ``decimals`` they have, as all amounts of the books do, and those that stand under others of which ``need_decimals`` says so.
    """
    return _money(amount, currency, get_language(), decimals)


def need_decimals(*, amounts: Iterable[int], currency: str) -> bool:
    """Whether amounts that stand under each other are written with decimals: all of them, as soon as one is not whole."""
    return currency not in NO_MINOR_UNIT and any(amount % 100 for amount in amounts)


@lru_cache(REMEMBERED)
def _money(amount: int, currency: str, language: str | None, decimals: bool) -> str:  # noqa: FBT001 - what is remembered has no names
    digits = 0 if currency in NO_MINOR_UNIT else 2
    units = 10**digits
    shown = number_format(
        abs(amount) / units, decimal_pos=digits if decimals or amount % units else 0, force_grouping=True
    )
    symbol = (SYMBOLS_IN_CHINESE if is_chinese() else {}).get(currency) or SYMBOLS.get(
        currency, f"{currency}\N{NO-BREAK SPACE}"
    )
    return f"{'−' if amount < 0 else ''}{symbol}{shown}"


def compact(number: int) -> str:
    """Write a count in little room: 1,284 stays, 12 840 becomes 12.8k or 1.3 万."""
    if abs(number) < LONG_NUMBER:
        return number_format(number, force_grouping=True)
    unit, suffix = (10_000, " 万") if is_chinese() else (1_000, "k")
    return f"{number_format(_cut(number / unit), use_l10n=True)}{suffix}"


def _cut(value: float) -> float | int:
    tenths = math.floor(value * 10) / 10
    return int(tenths) if tenths == int(tenths) or abs(tenths) >= HUNDRED else tenths


def duration(minutes: int) -> str:
    """Write how long something takes: 21 min, 1.5 h, 4 h."""
    if minutes < HOUR:
        return gettext("%(number)s min") % {"number": minutes}
    hours = round(minutes / 30) / 2
    return gettext("%(number)s h") % {"number": int(hours) if hours == int(hours) else hours}


def clock(seconds: int) -> str:
    """Write a position in a recording: 4:07 or 1:04:07."""
    hours, rest = divmod(seconds, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def since(moment: datetime, *, now: datetime | None = None) -> str:
    """Write how long ago ``moment`` was; after six days write its date. The element <relative-time> follows the same steps."""
    passed = (now or timezone.now()) - moment
    if passed < timedelta(minutes=1):
        return gettext("just now")
    if passed < timedelta(hours=1):
        return gettext("%(number)s min ago") % {"number": passed // timedelta(minutes=1)}
    if passed < timedelta(days=1):
        return gettext("%(number)s h ago") % {"number": passed // timedelta(hours=1)}
    if passed < timedelta(days=7):
        days = passed // timedelta(days=1)
        return ngettext("%(number)s day ago", "%(number)s days ago", days) % {"number": days}
    return calendar_day(moment)


def calendar_day(moment: datetime) -> str:
    """Write the day of ``moment`` in the viewer's timezone."""
    return _written(timezone.localtime(moment).date(), get_language())


@lru_cache(REMEMBERED)
def _written(day: date, language: str | None) -> str:
    return date_format(day, "Y年n月j日" if is_chinese() else "j M Y")
