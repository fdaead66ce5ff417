"""The virtual environment: made once, filled from the locked and hashed requirements, reused while they stay the same."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from .ground import ROOT, VAR, Refused

VENV = Path(os.environ.get("LYCEUM_VENV", VAR / "venv"))
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"


def ensure(*, purpose: str) -> None:
    """
    Make the environment hold exactly what ``requirements/<purpose>.txt`` says; nothing happens when it does already.

    :raises Refused: if Python cannot make environments here or the packages cannot be had.
    """
    if _holds(purpose):
        return
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with _beside(".lock").open("w") as lock:
        # Two first starts would fill one folder at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _holds(purpose):
            _fill(purpose)


def _holds(purpose: str) -> bool:
    stamp = VENV / "lyceum.stamp"
    return PYTHON.exists() and stamp.exists() and _fingerprint(purpose) in stamp.read_text().split()


def _fill(purpose: str) -> None:
    _make()
    _install(purpose)
    # The larger set contains the smaller one: a test environment can run the site.
    satisfied = [_fingerprint(purpose)] + ([_fingerprint("site")] if purpose == "dev" else [])
    (VENV / "lyceum.stamp").write_text("\n".join(satisfied))


def site_packages() -> Path:
    """Where the environment keeps its packages."""
    found = sorted(VENV.glob("lib/python3*/site-packages"))
    if not found:
        raise Refused(f"The environment at {VENV} is broken. Delete that folder and start again.")
    return found[0]


def _fingerprint(purpose: str) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in ("installer.txt", f"{purpose}.txt"):
        digest.update((REQUIREMENTS / name).read_bytes())
    return f"{purpose}:{digest.hexdigest()}"


def _make() -> None:
    unfinished = _beside(".unfinished")
    if PYTHON.exists() and _made_by() == sys.version.split()[0] and not unfinished.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise Refused("This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv")
    print("· making the Python environment", flush=True)
    # A start that is killed in the middle leaves this behind, and the next one begins again.
    unfinished.touch()
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Refused(f"Could not make the Python environment: {error}") from error
    unfinished.unlink()


def _made_by() -> str:
    """The version of the Python that made the environment: another one finds none of its packages."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].strip() for line in lines if line.startswith("version")), "")


def _beside(suffix: str) -> Path:
    return VENV.with_name(VENV.name + suffix)


def _install(purpose: str) -> None:
    print("· installing the locked packages", flush=True)
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        _call(
            [str(PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS / "installer.txt")]
        )
    _call([
        str(uv), "pip", "install", "-q", "--python", str(PYTHON), "--require-hashes",
        "-r", str(REQUIREMENTS / f"{purpose}.txt"),
    ])  # fmt: skip


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()][-3:]
        raise Refused("The packages could not be installed (is there a network?): " + " / ".join(last))
