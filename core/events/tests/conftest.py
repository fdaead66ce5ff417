"""Processes beside the test's own, on the same database."""

import os
import subprocess
import sys
import urllib.parse

import pytest


def pointing_to(database):
    parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    return os.environ | {"DATABASE_URL": urllib.parse.urlunsplit(parts._replace(path=f"/{database}"))}


@pytest.fixture
def beside(own_database):
    """Runs ``core.events.tests.beside`` in a process of its own and returns how it ended."""

    def run(*arguments):
        command = [sys.executable, "-m", "core.events.tests.beside", *(str(one) for one in arguments)]
        return subprocess.run(command, env=pointing_to(own_database), check=False, timeout=100).returncode

    return run
