"""
Queries that are put together once, and planned once by each connection.

Django puts a union of six together anew each time that it is asked for, and Postgres reads and plans it anew; both take longer than to
answer it, and a feed asks for several of them. A statement over a table in many parts, as that of facts, takes several times as long to plan as to answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Self
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, Func, QuerySet

STAND_INS: Mapping[str, Callable[[int], Any]] = {
    "id": lambda place: 1_917_283_041 + place,
    "date": lambda place: date(1917, 2, 3 + place),
    "time": lambda place: datetime(1917, 2, 3 + place, 4, 5, 6, tzinfo=UTC),
    "keys": lambda place: f"1917283041{place}",
    "ids": lambda place: [1_917_283_041 + place],
}
"""What stands for the value of each place while a query is put together: nothing that a query of ours would name itself."""
TYPES: Mapping[str, str] = {
    "id": "bigint",
    "date": "date",
    "time": "timestamptz",
    "text": "text",
    "keys": "text[]",
    "ids": "bigint[]",
}
"""What each is to Postgres."""

_GAP = re.compile(r"%\((\w+)\)s")

Place = tuple[bool, Any]
"""Whether a parameter is given each time, and its name then, or else its value."""

_told_to: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""The names of the statements that each of the driver's connections has been told."""


class Prepared:
    """
    The rows of ``build``, whose arguments are what ``takes`` says of each: an id, a date, keys or ids.

    ``build`` is called once, with stand-ins, and may hand its arguments to filters only: whatever else depended on them would stay as
    it was the first time. Columns come as the driver gives them, so none may need Django to convert it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **takes: str) -> None:
        self._build, self.takes = build, takes

    @classmethod
    def of_sql(cls, sql: str, **takes: str) -> Self:
        """The rows of a statement in SQL, in which each argument stands as ``%(name)s``."""
        asked = cls(QuerySet, **takes)
        asked.put_together = _GAP.sub("%s", sql), [(True, name) for name in _GAP.findall(sql)]
        return asked

    def beside(self, other: "Prepared") -> "Prepared":
        """The rows of both, which have the same columns: asked for once, and so as they are at one moment."""
        return _Both(self, other)

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for ``values``; one query."""
        # Once: to find out which is the thread's own takes longer than what it is asked for.
        own = connections[DEFAULT_DB_ALIAS]
        with own.cursor() as cursor:
            cursor.execute(*self._asked(values, own))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _asked(self, values: Mapping[str, Any], own: Any) -> tuple[str, list[Any]]:
        if _is_shared(own):
            sql, places = self.put_together
            return sql, [values[what] if is_given else what for is_given, what in places]
        gaps = _in_brackets(["%s"] * len(self.takes))
        return f"EXECUTE {self._known_name(own)}{gaps}", [
            _written(values[name], kind) for name, kind in self.takes.items()
        ]

    def _known_name(self, own: Any) -> str:
        """What that connection knows the statement by; told once, and kept whatever becomes of a transaction."""
        own.ensure_connection()
        known = _told_to.setdefault(own.connection, set())
        if self._name not in known:
            with own.wrap_database_errors, own.connection.cursor() as bare:
                bare.execute(self._statement(bare))
            known.add(self._name)
        return self._name

    def _statement(self, bare: Any) -> bytes:
        sql, places = self.put_together
        numbers = {name: f"${number}" for number, name in enumerate(self.takes, 1)}
        whole = _filled(sql, [numbers[what] if is_given else "%s" for is_given, what in places])
        types = _in_brackets([TYPES[kind] for kind in self.takes.values()])
        constants = [what for is_given, what in places if not is_given]
        said: bytes = bare.mogrify(f"PREPARE {self._name}{types} AS {whole}", constants)
        return said

    @cached_property
    def _name(self) -> str:
        # Of its constants too: two statements may be alike but for them.
        return f"lyceum_{sha256(repr(self.put_together).encode()).hexdigest()[:16]}"

    @cached_property
    def put_together(self) -> tuple[str, Sequence[Place]]:
        """The statement, and what stands at each of its places."""
        stand_ins = {name: STAND_INS[kind](place) for place, (name, kind) in enumerate(self.takes.items())}
        sql, given = self._build(**stand_ins).query.sql_with_params()
        parts, places = sql.split("%s"), [_place(one, stand_ins) for one in given]
        for number, (is_given, name) in enumerate(places):
            if is_given and self.takes[name] == "keys":
                _open_the_array(parts, number)
        return "%s".join(parts), places


class _Both(Prepared):
    """The rows of two statements; what they take by the same name is the same."""

    def __init__(self, *both: Prepared) -> None:
        super().__init__(QuerySet, **{name: kind for one in both for name, kind in one.takes.items()})
        self._both = both

    @cached_property
    def put_together(self) -> tuple[str, Sequence[Place]]:
        """Both statements, one below the other."""
        parts = [one.put_together for one in self._both]
        return " UNION ALL ".join(f"({sql})" for sql, _ in parts), [place for _, places in parts for place in places]


def _is_shared(own: Any) -> bool:
    """Whether somebody between us and Postgres gives each transaction another connection, as Django is told by this setting."""
    return bool(own.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


def _written(value: Any, kind: str) -> Any:
    """``value`` as it is sent: a list of ids as one text, since to read them one by one takes Postgres a tenth of a list of cards."""
    return f"{{{','.join(map(str, value))}}}" if kind == "ids" else value


def _in_brackets(arguments: Sequence[str]) -> str:
    """Nothing where there are none: Postgres knows no empty list of them."""
    return f"({', '.join(arguments)})" if arguments else ""


def _filled(sql: str, gaps: Sequence[str]) -> str:
    first, *others = sql.split("%s")
    return first + "".join(gap + part for gap, part in zip(gaps, others, strict=True))


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
