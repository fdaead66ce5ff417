"""``./run check``: all of it, in order, within its time, and the slowest tests at the end."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest

from community import testing
from community.launch import checks, ground, second_try
from community.launch.ground import Killed
from community.launch.workshop import TOO_LONG, call


@pytest.fixture
def played(monkeypatch, tmp_path):
    """The steps that were run; ``codes`` says how each ends, by a number or by what it does."""
    ran, codes = [], {}
    monkeypatch.setattr(checks, "TEST_VAR", tmp_path)

    def play(command, *, env, seconds):
        name = next((step.name for step in checks._steps() if step.command == command), command[-1])
        ran.append(name)
        code = codes.get(name, 0)
        return code() if callable(code) else code

    monkeypatch.setattr(checks, "call", play)
    return ran, codes


def test_everything_is_checked(played):
    assert checks.run({}) == 0
    assert played[0] == [
        "lint", "format", "import contracts", "types", "django", "django in production", "migrations", "translations",
        "templates", "tests", "journeys",
    ]  # fmt: skip


def test_the_two_runs_of_tests_leave_none_out():
    runs = [step for step in checks._steps() if "pytest" in step.command]
    marks = {step.name: step.command[step.command.index("-m", 2) + 1] for step in runs}
    assert marks == {"tests": "not journey", "journeys": "journey"}


class TestSecondTry:
    @pytest.fixture
    def failed(self, played, tmp_path):
        """Let tests fail, each with its marks."""

        def fail(*tests, code=1):
            def end():
                second_try.note(tmp_path / "failed-journeys.json", tests)
                return code

            played[1]["journeys"] = end

        return fail

    def test_what_passes_alone_is_named_and_passes(self, played, failed, capsys):
        failed(("a.py::slow", ["journey"]))
        assert checks.run({}) == 0
        assert played[0][-2:] == ["journeys", "a.py::slow"]
        assert "FAILED AT FIRST and passed alone, to be made steady: a.py::slow" in capsys.readouterr().out

    def test_what_fails_again_has_failed(self, played, failed, capsys):
        failed(("a.py::wrong", ["journey"]))
        played[1]["a.py::wrong"] = 1
        assert checks.run({}) == 1
        assert "AT FIRST" not in capsys.readouterr().out

    @pytest.mark.parametrize("mark", ["race", "stateful", "forgery", "leak"])
    def test_what_must_never_fail_gets_none(self, played, failed, mark):
        failed(("a.py::slow", ["journey"]), ("b.py::once_in_many", [mark]))
        assert checks.run({}) == 1
        assert played[0][-1] == "journeys"

    def test_neither_do_many(self, played, failed):
        failed(*[(f"a.py::{number}", []) for number in range(4)])
        assert checks.run({}) == 1
        assert played[0][-1] == "journeys"

    def test_neither_does_a_run_that_ended_otherwise(self, played, failed):
        failed(("a.py::slow", []), code=2)
        assert checks.run({}) == 2
        assert played[0][-1] == "journeys"

    def test_who_runs_the_tests_notes_what_failed(self, tmp_path, monkeypatch):
        monkeypatch.setenv(second_try.VARIABLE, str(tmp_path / "failed.json"))
        wrong = SimpleNamespace(nodeid="a.py::wrong", keywords={"wrong": 1, "journey": 1})
        broken = SimpleNamespace(nodeid="b.py::broken", keywords={"leak": 1})
        testing.pytest_terminal_summary(SimpleNamespace(stats={"failed": [wrong], "error": [broken]}))
        assert json.loads((tmp_path / "failed.json").read_text()) == {"a.py::wrong": [], "b.py::broken": ["leak"]}

    def test_what_a_former_run_noted_is_forgotten(self, played, tmp_path):
        second_try.note(tmp_path / "failed-tests.json", [("a.py::old", [])])
        played[1]["tests"] = 1
        assert checks.run({}) == 1
        assert played[0][-1] == "tests"


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


def test_what_runs_ends_with_a_command_that_is_killed(tmp_path, monkeypatch):
    begun, is_waited_for = tmp_path / "begun", threading.Event()
    wait = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", lambda *given, **how: is_waited_for.set() or wait(*given, **how))
    command = ["sh", "-c", f"echo $$ > {begun}; exec sleep 600"]
    threading.Thread(target=_kill_once_there, args=[begun, is_waited_for]).start()
    with pytest.raises(Killed):
        call(command, env={})
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


def test_a_signal_that_does_not_interrupt_the_wait_is_heard(tmp_path, monkeypatch):
    begun, is_waited_for = tmp_path / "begun", threading.Event()
    begun.write_text("at once")
    wait = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", lambda *given, **how: is_waited_for.set() or wait(*given, **how))
    # The killing thread takes the signal, so that the system does not wake the one that waits.
    threading.Thread(target=_kill_once_there, args=[begun, is_waited_for]).start()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    started = time.monotonic()
    try:
        with pytest.raises(Killed):
            call(["sleep", "20"], env={})
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    assert time.monotonic() - started < 10


def _start_and_be_killed(monkeypatch, started):
    """Let the signal arrive when the program runs and its starter does not know it yet."""
    popen = subprocess.Popen

    def start(*given, **how):
        started.append(popen(*given, **how))
        os.kill(os.getpid(), signal.SIGTERM)
        # A handler runs between two steps of Python: here, if nobody holds it back.
        time.sleep(0.05)
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)


def test_what_was_just_started_ends_with_it_too(monkeypatch):
    started = []
    _start_and_be_killed(monkeypatch, started)
    with pytest.raises(Killed):
        call(["sleep", "600"], env={})
    assert started[0].poll() is not None


def test_control_with_no_signal_held_back_it_would_be_left(monkeypatch):
    started = []
    _start_and_be_killed(monkeypatch, started)
    monkeypatch.setattr(ground, "held_back", contextlib.nullcontext)
    with pytest.raises(Killed):
        call(["sleep", "600"], env={})
    assert started[0].poll() is None
    started[0].kill()
    started[0].wait()


def _kill_once_there(begun, is_waited_for):
    is_waited_for.wait(20)
    until = time.monotonic() + 20
    while not (begun.exists() and begun.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture(autouse=True)
def _signals():
    """A plain kill does here what it does to ``./run``."""
    before = signal.signal(signal.SIGTERM, ground._end)
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
