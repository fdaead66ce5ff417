"""A walk that somebody ends ends the site that it has opened."""

import os
import signal
import subprocess
import sys
import time

import pytest

from community.launch.ground import ENDING, ROOT

WALK = """
import sys, time
from contextlib import contextmanager
from pathlib import Path
from community.launch.supervisor import Child, Supervisor
from community.screens import __main__ as door, place

@contextmanager
def opened(ports):
    supervisor = Supervisor(Path(sys.argv[1]))
    try:
        served = supervisor.start(Child("web", [sys.executable, "-c", "import time; time.sleep(600)"]))
        print(served.process.pid, flush=True)
        yield "http://localhost:1"
    finally:
        supervisor.stop()

place.opened, place.prepare, door._stage = opened, lambda **options: None, lambda: None
door._walk = lambda *given: time.sleep(600)
sys.exit(door.main([]))
"""
PATIENCE = 20


@pytest.mark.parametrize("number", ENDING)
def test_nothing_is_left_behind(tmp_path, number):
    command = [sys.executable, "-c", WALK, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as walk:
        served = int(walk.stdout.readline())
        # To the walk alone, as a plain kill does; the site leads a group of its own.
        walk.send_signal(number)
        assert walk.wait(timeout=PATIENCE) == 130
    with pytest.raises(ProcessLookupError):
        _wait_until_gone(served)


def _wait_until_gone(pid):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        os.kill(pid, 0)
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
