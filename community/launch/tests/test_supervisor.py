"""Children live while the supervisor does: restarted with growing pauses, ended together, found again after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from community.launch import supervisor as room
from community.launch.supervisor import Child, Supervisor, born

ROOT = Path(room.__file__).parents[2]
FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


@pytest.fixture(autouse=True)
def _signals():
    before = {number: signal.getsignal(number) for number in room.ENDING}
    yield
    for number, action in before.items():
        signal.signal(number, action)


@pytest.fixture
def supervisor(tmp_path):
    made = Supervisor(tmp_path)
    yield made
    made.stop()


def eventually(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


class TestRestarts:
    def test_a_child_that_dies_is_started_again_and_that_is_said(self, supervisor, capsys):
        child = supervisor.start(Child("lamp", FOREVER))
        first = child.process.pid
        child.process.kill()
        eventually(lambda: supervisor._revive() or (child.is_alive() and child.process.pid != first))
        assert capsys.readouterr().out == "· lamp stopped (exit code -9); starting it again in 1 s\n"

    def test_pauses_grow_while_it_keeps_dying_and_stay_bounded(self, supervisor, capsys, monkeypatch):
        child = supervisor.start(Child("lamp", [sys.executable, "-c", "raise SystemExit(3)"]))
        clock = time.monotonic()
        monkeypatch.setattr(room.time, "monotonic", lambda: clock)
        pauses = []
        for _ in range(7):
            child.process.wait()
            supervisor._revive()
            pauses.append(child.due - clock)
            clock = child.due
            supervisor._revive()
        assert pauses == [1, 2, 4, 8, 16, 30, 30]

    def test_who_lived_quietly_for_a_while_begins_with_a_short_pause(self, supervisor):
        child = supervisor.start(Child("lamp", FOREVER))
        child.pause = 16.0
        child.started -= room.QUIET_SECONDS + 1
        child.process.kill()
        child.process.wait()
        supervisor._revive()
        assert child.due - time.monotonic() < 1.1

    def test_what_runs_once_is_not_started_again(self, supervisor, capfd):
        done = supervisor.start(Child("world", [sys.executable, "-c", "print('made')"], once=True))
        failed = supervisor.start(Child("worse", [sys.executable, "-c", "raise SystemExit(7)"], once=True))
        for child in (done, failed):
            child.process.wait()
        supervisor._revive()
        supervisor._revive()
        assert supervisor._children == []
        said = capfd.readouterr().out
        assert said.startswith("made\n")
        assert f"· worse failed (exit code 7); see {supervisor.log_of('worse')}\n" in said

    def test_workers_of_a_dead_parent_go_with_it(self, supervisor, tmp_path):
        worker = tmp_path / "worker"
        script = (
            "import subprocess, sys, time\n"
            f"p = subprocess.Popen({FOREVER!r})\n"
            f"open({str(worker)!r} + '.new', 'w').write(str(p.pid))\n"
            f"import os; os.replace({str(worker)!r} + '.new', {str(worker)!r})\n"
            "time.sleep(600)\n"
        )
        child = supervisor.start(Child("web", [sys.executable, "-c", script]))
        eventually(worker.exists)
        orphan = int(worker.read_text())
        assert born(orphan)
        child.process.kill()
        eventually(lambda: supervisor._revive() or not born(orphan))


class TestEnding:
    def test_servers_end_after_those_that_use_them(self, tmp_path):
        ends = tmp_path / "ends"
        script = (
            "import signal, sys, time\n"
            "def end(*_):\n"
            f"    open({str(ends)!r}, 'a').write(sys.argv[1] + ' ')\n"
            "    sys.exit()\n"
            "signal.signal(signal.SIGTERM, end)\n"
            f"open({str(tmp_path)!r} + '/ready-' + sys.argv[1], 'w')\n"
            "time.sleep(600)\n"
        )
        supervisor = Supervisor(tmp_path)
        for name, is_server in (("postgres", True), ("valkey", True), ("web", False)):
            supervisor.start(Child(name, [sys.executable, "-c", script, name], is_server=is_server))
        eventually(lambda: len(list(tmp_path.glob("ready-*"))) == 3)
        supervisor.stop()
        assert ends.read_text().split() == ["web", "valkey", "postgres"]
        assert not (tmp_path / "children.json").exists()

    def test_who_does_not_listen_is_killed(self, tmp_path, monkeypatch):
        monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.3)
        supervisor = Supervisor(tmp_path)
        child = supervisor.start(Child("deaf", [sys.executable, "-c", DEAF]))
        eventually(lambda: "deaf" in supervisor.log_of("deaf").read_text())
        process = child.process
        supervisor.stop()
        assert process.returncode == -signal.SIGKILL

    @pytest.mark.parametrize("number", room.ENDING)
    def test_each_ending_signal_ends_everything(self, tmp_path, number):
        script = (
            "import sys\n"
            "from pathlib import Path\n"
            "from community.launch.supervisor import Child, Supervisor\n"
            "supervisor = Supervisor(Path(sys.argv[1]))\n"
            f"supervisor.start(Child('lamp', {FOREVER!r}))\n"
            "supervisor.run_forever()\n"
        )
        running = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT)
        listed = tmp_path / "children.json"
        eventually(listed.exists)
        (lamp,) = json.loads(listed.read_text())
        # The list is written before the handlers are set: a signal that comes between would end the test's own script.
        eventually(lambda: _catches(running.pid, number))
        running.send_signal(number)
        assert running.wait(timeout=30) == 0
        assert born(lamp["pid"]) is None
        assert not listed.exists()


def _catches(pid, number):
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), 16)
    return caught >> (signal.SIGHUP - 1) & caught >> (number - 1) & 1


class TestLeftovers:
    def leave(self, tmp_path, **changes):
        left = subprocess.Popen(FOREVER, start_new_session=True)
        (tmp_path / "children.json").write_text(json.dumps([{"pid": left.pid, "born": born(left.pid)} | changes]))
        return left

    def test_what_a_killed_supervisor_left_is_ended_and_that_is_said(self, tmp_path, capsys):
        left = self.leave(tmp_path)
        Supervisor(tmp_path)
        assert left.wait(timeout=10) != 0
        assert capsys.readouterr().out == "· ending 1 processes that an earlier start left behind\n"

    def test_a_process_that_took_over_the_number_is_left_alone(self, tmp_path, capsys):
        other = self.leave(tmp_path, born="1")
        Supervisor(tmp_path)
        assert (other.poll(), capsys.readouterr().out) == (None, "")
        other.kill()
        other.wait()

    @pytest.mark.parametrize("text", ["", "[{", "[]"])
    def test_a_broken_list_stops_no_start(self, tmp_path, text):
        (tmp_path / "children.json").write_text(text)
        Supervisor(tmp_path)
        assert not (tmp_path / "children.json").exists()

    def test_the_dead_were_never_born(self):
        ended = subprocess.Popen([sys.executable, "-c", ""])
        eventually(lambda: born(ended.pid) is None)  # not even as a zombie that nobody has waited for
        ended.wait()
        assert born(os.getpid())


class TestPriorities:
    @pytest.mark.parametrize("priority", [0, 5])
    def test_who_lets_others_go_first_does_so_between_sessions_too(self, supervisor, priority):
        child = supervisor.start(Child("lamp", FOREVER, priority=priority))
        assert os.getpriority(os.PRIO_PROCESS, child.process.pid) == os.getpriority(os.PRIO_PROCESS, 0) + priority
        group = Path(f"/proc/{child.process.pid}/autogroup")
        if not group.exists():
            pytest.skip("this system does not share processors by session")
        assert group.read_text().split()[-1] == str(priority)
