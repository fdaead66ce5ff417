"""Places, lines and days in the form that the components of the design system take."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger.models import Entry

from .queries import Place, badges


def board_row(one: Place) -> dict[str, Any]:
    """A place as ``board_row.html`` takes it."""
    return {
        "place": one.place, "name": _("You") if one.is_me else str(one.user), "url": one.user.get_absolute_url(),
        "picture_url": getattr(one.user, "picture_url", ""), "points": one.points, "is_me": one.is_me,
        "face": str(one.user),
    }  # fmt: skip


def badges_part(owner: Any, viewer: Any) -> dict[str, Any]:
    """What a profile shows of its owner's badges."""
    grants = list(badges(user=owner))
    return {"badges": grants} if grants else {}


def line(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    """One line of a points account, in words."""
    is_back = entry.transaction.reverses_id is not None
    name = names.get(entry.transaction.kind.removesuffix(".reversed"), entry.transaction.kind)
    return {
        "at": entry.transaction.happened_at,
        "points": entry.amount,
        "why": _("Taken back: %(rule)s") % {"rule": name} if is_back else name,
    }


def week(days: Iterable[tuple[date, bool]]) -> list[dict[str, str]]:
    """Seven days as ``week`` takes them."""
    found = list(days)
    last = len(found) - 1
    return [
        {
            "name": date_format(day, "l"),
            "short": date_format(day, "D").removeprefix("星期"),
            "state": "on" if is_on else "today" if n == last else "off",
        }
        for n, (day, is_on) in enumerate(found)
    ]
