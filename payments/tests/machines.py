"""
What the machines of this room share: a world that is thrown away after each example, a clock, and counts of what was played.

A long play has a database of its own, so that no transaction is open for longer than an example: the stream waits for all of them.

``fired`` counts how often each rule was played and ``edges`` what was seen to happen; both stand at the end of the run.
"""

import os
from collections import Counter
from datetime import UTC, datetime

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, run_state_machine_as_test

from accounts import operations as joining
from accounts.models import User
from payments.providers import registry

CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


class WentOtherwise(Exception):
    """A play went otherwise than the same one before, by something outside of it: by what, the message says."""


class World(RuleBasedStateMachine):
    """A machine says in ``furnish`` what there is, and in ``look_back`` what it counts and demands at the end of an example."""

    def __init_subclass__(cls):
        cls.fired, cls.edges = Counter(), Counter()

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(datetime.now(UTC), tick=False)
        self.now = self.clock.start()
        self.furnish()

    def teardown(self):
        # Rules may be asked for whether they could be played before anything was begun.
        if not hasattr(self, "undo"):
            return
        try:
            self.look_back()
        finally:
            self.clock.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def furnish(self):
        raise NotImplementedError

    def look_back(self):
        pass

    @staticmethod
    def joined(name):
        return joining.join(user=User(name=name, email=f"{name.lower()}@machine.test", language="en"), is_verified=True)


def play(machine, monkeypatch, *, examples, steps, phases=tuple(Phase), note=lambda name, value: None):
    """
    Play ``machine`` at random, always in the same way, and ``note`` what was played.

    ``MACHINE_EXAMPLES=5000x100`` plays more of it, and longer, as for a night; or less.
    """
    monkeypatch.setattr(registry, "_known", {})
    machine.fired.clear()
    machine.edges.clear()
    if night := os.environ.get("MACHINE_EXAMPLES"):
        examples, steps = map(int, night.split("x"))
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=CALM, derandomize=True,
        database=None, phases=phases, report_multiple_bugs=False,
    )  # fmt: skip
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except Flaky as flaky:
        raise WentOtherwise(repr(_beneath(flaky))) from flaky
    finally:
        note("rules fired", _counted(machine.fired))
        note("edges taken", _counted(machine.edges))


def notices(machine, monkeypatch, *, by=AssertionError, examples=60, steps=30):
    """Whether ``machine`` finds that something is wrong; what it finds is not made smaller, since nobody reads it."""
    try:
        play(machine, monkeypatch, examples=examples, steps=steps, phases=(Phase.generate,))
    except by:
        return True
    return False


def _beneath(error):
    """What was raised first: hypothesis speaks of what was drawn differently, and not of what kept it from being drawn."""
    while error.__context__ is not None:
        error = error.__context__
    return error


def _counted(counts):
    return ", ".join(f"{_words(name)} {count:,}" for name, count in sorted(counts.items(), key=str) if count)


def _words(name):
    return name if isinstance(name, str) else " ".join(str(part) for part in name)
