"""A copy of the tree with test servers of its own, in which one line at a time is put wrong."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from community.launch import environment
from community.launch.site import Servers, site_environment

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns("var", ".git", "__pycache__", "*.pyc", ".*_cache", "node_modules")
FAILED_TESTS = 1
"""What pytest ends with when tests ran and some failed; anything else says that they could not run."""
TOO_LONG = 124
"""What stands for tests that were not done in their time, as ``timeout(1)`` has it: nothing is known then."""
LONGEST_TEST_SECONDS, LONGEST_SECONDS = 240, 900


class Lost(Exception):
    """The drill says nothing: a line was not found, or the tests could not run."""


class Copy:
    """One copy; never the checkout itself."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
        folder.chmod(0o755)
        (folder / "var").mkdir(mode=0o711)
        self._env = {}
        self._clock = int(time.time())
        self.last_words = ""

    def require(self, mutations):
        """
        See that each line to be broken is there, once.

        :raises Lost: if one is not.
        """
        for one in mutations:
            times = (self.folder / one.path).read_text().count(one.before)
            if times != 1:
                raise Lost(f"{one.name}: its line is found {times} times in {one.path}: {one.before.strip()}")

    def start(self, supervisor):
        """Start servers for this copy's tests."""
        var = self.folder / "var"
        addresses = Servers(supervisor=supervisor, folder=var, durable=False, database="lyceum").start()
        self._env = site_environment(kind="test", addresses=addresses, folder=var)

    def test(self, paths, *, seconds=LONGEST_SECONDS):
        """Run the tests at ``paths`` to the first failure; the exit code and the last line that was said."""
        command = [
            str(environment.PYTHON),
            "-m",
            "pytest",
            "-x",
            "-n",
            "0",
            "--timeout",
            # What waits for ever, as where a lock is lost, fails by this.
            str(LONGEST_TEST_SECONDS),
            "-m",
            "not slow and not journey",
            *paths,
        ]
        try:
            done = subprocess.run(
                command, cwd=self.folder, env={**os.environ, **self._env}, capture_output=True, text=True, check=False,
                timeout=seconds,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return TOO_LONG, f"not done after {seconds} s: nothing is known"
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        failures = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
        self.last_words = "\n".join(lines[-40:])
        return done.returncode, (failures or lines or ["nothing was said"])[-1][:150]

    def notices(self, mutation):
        """
        Whether the tests fail while ``mutation`` is in, and what they said.

        :raises Lost: if they could not run.
        """
        path = self.folder / mutation.path
        whole = path.read_text()
        self._write(path, whole.replace(mutation.before, mutation.after))
        try:
            code, said = self.test(mutation.tests.split())
        finally:
            self._write(path, whole)
        if code not in {0, FAILED_TESTS, TOO_LONG}:
            raise Lost(f"{mutation.name}: the tests could not run (exit code {code}): {said}")
        return code == FAILED_TESTS, said

    def _write(self, path, text):
        path.write_text(text)
        # A file that changes within a second and keeps its length would be run as it was compiled before.
        self._clock += 2
        os.utime(path, (self._clock, self._clock))
