"""Columns as the text of arrays: what is written is what Postgres reads."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest
from django.db import connection
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as some

from core.events.columns import column, columns_of


class Word(StrEnum):
    GIVEN = "given"


class Number(IntEnum):
    SEVEN = 7


def read(kind, cells):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [column(cells)])
        return cursor.fetchone()[0]


@pytest.mark.django_db
class TestColumn:
    @pytest.mark.parametrize(
        ("kind", "cells"),
        [
            ("text", []),
            ("text", ["", "NULL", None, " a b ", '"', "\\", '\\"', "{}", "a,b", "'", "%s", "\n\t\r", "积分", "\\N"]),
            ("bigint", [0, -1, None, 2**63 - 1, -(2**63)]),
            ("boolean", [True, False, None]),
            ("date", [date(2026, 1, 31), None, date(999, 1, 1)]),
            ("timestamptz", [datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC), None]),
        ],
    )
    def test_reads_as_it_was_written(self, kind, cells):
        assert read(kind, cells) == cells

    def test_an_instant_of_another_zone_stays_the_same_instant(self):
        there = datetime(2026, 1, 31, 8, tzinfo=timezone(timedelta(hours=8)))
        assert read("timestamptz", [there]) == [there]

    def test_marked_texts_and_members_of_enumerations_are_what_they_hold(self):
        assert read("text", [mark_safe('<b title="x">\\</b>'), Word.GIVEN]) == ['<b title="x">\\</b>', "given"]
        assert read("bigint", [Number.SEVEN]) == [7]

    @given(some.lists(some.none() | some.text(some.characters(exclude_characters="\0", codec="utf-8"))))
    def test_any_text_reads_as_it_was_written(self, cells):
        assert read("text", cells) == cells


@pytest.mark.parametrize("cell", [Decimal(1), 1.5, b"1", [1], {"a": 1}])
def test_what_is_no_cell_is_refused(cell):
    with pytest.raises(TypeError):
        column([cell])


def test_rows_become_columns_in_their_order():
    assert columns_of([(1, "a"), (2, None)]) == ["{1,2}", '{"a",NULL}']


def test_a_row_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="zip"):
        columns_of([(1, 2), (3,)])
