"""What the machines say when something outside of them goes wrong."""

import itertools

import pytest
from hypothesis.stateful import rule

from payments.tests.machines import WentOtherwise, World, play

pytestmark = pytest.mark.django_db


class Cellar(World):
    """A world whose light goes out while it is furnished for the third time."""

    def furnish(self):
        if next(self.furnished) == 2:
            raise OSError("the light is out")

    @rule()
    def look_around(self):
        self.fired["look around"] += 1


def test_a_play_that_is_disturbed_names_what_disturbed_it(monkeypatch):
    monkeypatch.setattr(Cellar, "furnished", itertools.count(), raising=False)
    with pytest.raises(WentOtherwise, match="the light is out"):
        play(Cellar, monkeypatch, examples=5, steps=5)
