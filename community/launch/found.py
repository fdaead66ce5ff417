"""Servers that the environment names: asked, before anything is written, whether the site can live there."""

import os
import subprocess

from . import environment
from .ground import ROOT, Refused

NAMES = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL")


def given() -> dict[str, str]:
    """The addresses that the environment names."""
    return {name: os.environ[name] for name in NAMES if os.environ.get(name)}


def addresses() -> dict[str, str]:
    """
    The addresses that the environment names, each one tried; without an owner's role the app's role migrates.

    :raises Refused: if a server does not answer or is not one that the site can live on.
    """
    named = given()
    if "DATABASE_URL" in named:
        named.setdefault("MIGRATE_DATABASE_URL", named["DATABASE_URL"])
        _ask("database", named["DATABASE_URL"], "DATABASE_URL")
        _ask("owner", named["MIGRATE_DATABASE_URL"], "MIGRATE_DATABASE_URL")
    if "REDIS_URL" in named:
        _ask("redis", named["REDIS_URL"], "REDIS_URL")
    return named


def _ask(question: str, address: str, name: str) -> None:
    # The driver lives in the environment that was made, not in the Python that runs this.
    command = [str(environment.PYTHON), "-m", "community.launch.asking", question]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "ADDRESS": address}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise Refused(f"The server at {name} cannot be used: {said}")
