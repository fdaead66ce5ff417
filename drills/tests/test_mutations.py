"""Whoever changes a line that a drill breaks learns of it in the fast tests, not when the drill is played."""

from pathlib import Path

import pytest

from drills.breaking.mutations import MUTATIONS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_the_line_is_there_once_and_its_tests_too(mutation):
    assert (ROOT / mutation.path).read_text().count(mutation.before) == 1
    assert mutation.before != mutation.after
    assert [path for path in mutation.tests.split() if not (ROOT / path).exists()] == []


def test_there_are_at_least_twenty_five_and_each_has_its_own_name():
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS) >= 25
