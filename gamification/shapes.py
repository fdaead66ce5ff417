"""Places, lines and days in the form that the components of the design system take."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger.models import Entry

from .causes import Cause, causes
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


def lines(entries: Iterable[Entry], *, names: Mapping[str, str], viewer: Any) -> list[dict[str, Any]]:
    """
    The lines of a points account in words, each with the thing that it was earned with as far as ``viewer`` may see it.

    What came for one reason and thing on one day is told as one, where the latest of it stands.
    """
    found = list(entries)
    things = causes(found, viewer=viewer)
    told: dict[Any, dict[str, Any]] = {}
    for one in (_line(entry, names) | {"thing": things.get(entry.pk)} for entry in found):
        first = told.setdefault(_sort_of(one), one)
        if first is not one:
            first["points"] += one["points"]
            first["times"] += 1
    return list(told.values())


def _sort_of(line: Mapping[str, Any]) -> tuple[str, Cause | None, date]:
    return line["why"], line["thing"], timezone.localdate(line["at"])


def _line(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    is_back = entry.transaction.reverses_id is not None
    name = names.get(entry.transaction.kind.removesuffix(".reversed"), entry.transaction.kind)
    return {
        "at": entry.transaction.happened_at,
        "points": entry.amount,
        "times": 1,
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
