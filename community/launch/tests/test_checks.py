"""``./run check``: all of it, in order, within its time, and the slowest tests at the end."""

import os
import signal
import threading
import time

import pytest

from community.launch import checks, tasks
from community.launch.ground import Killed
from community.launch.workshop import TOO_LONG, call


@pytest.fixture
def played(monkeypatch, tmp_path):
    """The steps that were run; ``codes`` says how each ends."""
    ran, codes = [], {}
    monkeypatch.setattr(checks, "TEST_VAR", tmp_path)

    def play(command, *, env, seconds):
        every = [*checks._steps(is_whole=True), *checks._steps(is_whole=False)]
        step = next(step for step in every if step.command == command)
        ran.append(step.name)
        return codes.get(step.name, 0)

    monkeypatch.setattr(checks, "call", play)
    return ran, codes


def test_everything_is_checked(played):
    assert checks.run({}, is_whole=True) == 0
    assert played[0] == [
        "lint", "format", "import contracts", "types", "django", "django in production", "migrations", "translations",
        "templates", "tests", "journeys",
    ]  # fmt: skip


def test_the_two_runs_of_tests_leave_none_out():
    runs = [step for step in checks._steps(is_whole=True) if "pytest" in step.command]
    marks = {step.name: step.command[step.command.index("-m", 2) + 1] for step in runs}
    assert marks == {"tests": "not journey", "journeys": "journey"}


def test_without_being_asked_for_the_slow_ones_and_the_browser_wait():
    runs = [step for step in checks._steps(is_whole=False) if "pytest" in step.command]
    assert [step.command[step.command.index("-m", 2) + 1] for step in runs] == ["not journey and not slow"]


def test_the_first_failure_ends_it(played, capsys):
    played[1]["types"] = 3
    assert checks.run({}) == 3
    assert played[0][-1] == "types"
    assert "types: FAILED (exit code 3)" in capsys.readouterr().out


def test_longer_than_45_minutes_is_a_failure(played, monkeypatch, capsys):
    clock = iter(range(0, 10**6, 600))
    monkeypatch.setattr(checks.time, "monotonic", lambda: next(clock))
    assert checks.run({}) == 1
    assert "all checks: passed in" in capsys.readouterr().out


def test_what_hangs_is_ended(capsys):
    assert call(["sleep", "600"], env={}, seconds=0.2) == TOO_LONG
    assert "45 minutes" in checks._verdict(TOO_LONG)


def test_what_runs_ends_with_a_command_that_is_killed(tmp_path):
    begun = tmp_path / "begun"
    command = ["sh", "-c", f"echo $$ > {begun}; exec sleep 600"]
    threading.Thread(target=_kill_once_there, args=[begun]).start()
    with pytest.raises(Killed):
        call(command, env={})
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


def _kill_once_there(begun):
    until = time.monotonic() + 20
    while not (begun.exists() and begun.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture(autouse=True)
def _signals():
    """A plain kill does here what it does to ``./run``."""
    before = signal.signal(signal.SIGTERM, tasks._end)
    yield
    signal.signal(signal.SIGTERM, before)


def test_the_slowest_tests_of_both_runs_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(checks, "TEST_VAR", tmp_path)
    for nth, name in enumerate(("tests", "journeys")):
        cases = "".join(f'<testcase classname="{name}" name="t{one}" time="{one + nth / 2}"/>' for one in range(15))
        (tmp_path / f"junit-{name}.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    checks._print_slowest()
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == ["── the 20 slowest of 30 tests", "     14.50 s  journeys::t14", "     14.00 s  tests::t14"]
    assert len(said) == 21
