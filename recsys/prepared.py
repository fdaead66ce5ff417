"""
Queries that are put together once.

Django puts a union of six together anew each time that it is asked for, which takes longer than Postgres takes to answer it, and a
feed asks for several of them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Func, QuerySet

STAND_INS: Mapping[str, Any] = {
    "id": 1_917_283_041,
    "date": date(1917, 2, 3),
    "keys": "1917283041",
    "ids": [1_917_283_042],
}
"""What stands for a value while a query is put together: nothing that a query of ours would name itself."""

Place = tuple[bool, Any]
"""Whether a parameter is given each time, and its name then, or else its value."""


class Prepared:
    """
    The rows of ``build``, whose arguments are what ``takes`` says of each: an id, a date, keys or ids, each at most once.

    ``build`` is called once, with stand-ins, and may hand its arguments to filters only: whatever else depended on them would stay as
    it was the first time. Columns come as the driver gives them, so none may need Django to convert it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **takes: str) -> None:
        self._build, self._takes = build, takes

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for ``values``; one query."""
        sql, places = self._put_together
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[what] if is_given else what for is_given, what in places])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    @cached_property
    def _put_together(self) -> tuple[str, Sequence[Place]]:
        stand_ins = {name: STAND_INS[kind] for name, kind in self._takes.items()}
        sql, given = self._build(**stand_ins).query.sql_with_params()
        parts, places = sql.split("%s"), [_place(one, stand_ins) for one in given]
        for number, (is_given, name) in enumerate(places):
            if is_given and self._takes[name] == "keys":
                _open_the_array(parts, number)
        return "%s".join(parts), places


def _open_the_array(parts: list[str], number: int) -> None:
    """Let the one key around which Django has put an array be as many as are given."""
    before, after = "(ARRAY[", "])"
    if not (parts[number].endswith(before) and parts[number + 1].startswith(after)):
        raise ValueError(f"no array of keys: {parts[number][-40:]}%s{parts[number + 1][:40]}")
    parts[number] = parts[number].removesuffix(before)
    parts[number + 1] = parts[number + 1].removeprefix(after)


class Among(Func):
    """Whether a column is among a list of ids; one parameter, however many there are."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = BooleanField()
    conditional = True


def _place(parameter: Any, stand_ins: Mapping[str, Any]) -> Place:
    name = next((name for name, one in stand_ins.items() if type(one) is type(parameter) and one == parameter), None)
    return (False, parameter) if name is None else (True, name)
