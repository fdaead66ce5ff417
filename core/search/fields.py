"""Postgres' text search with words of our own: neither side goes through its parser, which knows no Chinese and no ``C++``."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import FloatField, Func, Lookup, Value


class WordsField(SearchVectorField):  # type: ignore[type-arg]
    """A ``tsvector`` made by ``vector`` and asked by ``field__answers="a query"``."""


@WordsField.register_lookup
class Answers(Lookup):
    """Whether the words satisfy a ``tsquery`` in its text form."""

    lookup_name = "answers"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_parameters = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*left_parameters, self.rhs)


class Vector(Func):
    """The text form of a ``tsvector`` as one."""

    template = "%(expressions)s::tsvector"
    output_field = WordsField()


class Rank(Func):
    """How well words answer a ``tsquery``: title words count ten times as much as those of the body, long texts less."""

    function = "ts_rank"
    template = "ts_rank('{0.1, 0.2, 0.4, 1.0}', %(expressions)s::tsquery, 1)"
    output_field = FloatField()


MOST_POSITION = 16_383


def vector(*, title: Iterable[str], body: Iterable[str]) -> Vector:
    """The ``tsvector`` of both, title words weighing ``A``."""
    places: dict[str, list[str]] = {}
    position = 0
    for words, weight in ((title, "A"), (body, "")):
        for word in words:
            position = min(position + 1, MOST_POSITION)
            places.setdefault(word, []).append(f"{position}{weight}")
        position = min(position + 10, MOST_POSITION)
    return Vector(Value(" ".join(f"{quoted(word)}:{','.join(found[:200])}" for word, found in places.items())))


def quoted(word: str) -> str:
    """``word`` as Postgres reads it in the text form of vectors and queries."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
