"""Web, worker and provider: each a process of its own, ended with -9 and started again, as a supervisor would."""

import os
import signal
import subprocess
import sys
import time

from drills.ground.databases import ROOT
from drills.ground.processes import Ended, free_port, wait_until_open
from drills.starting.places import need

PACE = ["--slow", "1", "--dispute", "1", "--retry", "0.2"]


class Parties:
    def __init__(self, folder):
        self.folder, self.ports = folder, {"web": free_port(), "sandbox": free_port()}
        self.processes, self.deaths, self.died_at = {}, 0, None

    @property
    def addresses(self):
        """What the settings of each of them say of the others."""
        return {
            "SITE_URL": f"http://127.0.0.1:{self.ports['web']}",
            "SANDBOX_URL": f"http://127.0.0.1:{self.ports['sandbox']}",
        }

    def start(self, who, *, dies_at="", leaves_messages=False):
        env = {**os.environ, "DIES_AT": dies_at}
        if who == "sandbox":
            command = ["-m", "sandbox", "--port", str(self.ports[who]), "--state", str(self.folder / "sandbox"), *PACE]
        else:
            more = [str(self.ports["web"]), *["leaves_messages"] * leaves_messages] if who == "web" else []
            command = ["-m", "drills.killing.party", who, *more]
        with (self.folder / f"{who}.log").open("ab") as said:
            self.processes[who] = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=env, stdout=said, stderr=said
            )
        if who in self.ports:
            self._wait_for(who)

    def revive(self):
        """Start again whoever has died; nobody may end in another way than by -9."""
        for who, process in list(self.processes.items()):
            code = process.poll()
            if code is None:
                continue
            need(code == -9, f"{who} ended with {code}: {(self.folder / f'{who}.log').read_text()[-800:]}")
            self.deaths += 1
            self.died_at = time.monotonic()
            self.start(who)

    def _wait_for(self, who):
        try:
            wait_until_open(self.ports[who], self.processes[who])
        except Ended:
            # Struck while it came up: whoever looks next starts it once more. Any other end is looked into there.
            if self.processes[who].returncode != -signal.SIGKILL:
                raise

    def end(self, who):
        self.processes[who].terminate()
        self.processes[who].wait(timeout=20)

    def stop(self):
        for process in self.processes.values():
            process.kill()
            process.wait()

    def strike(self, who):
        # Whoever it is at that moment: it may have been started again meanwhile.
        self.processes[who].kill()
