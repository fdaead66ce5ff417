"""What ``./run check`` does, in order; the first failure ends it."""

import time

from . import environment
from .ground import ROOT


def run(env: dict[str, str]) -> int:
    """Run every check; return the first exit code that is not zero."""
    from .tasks import call

    python = str(environment.PYTHON)
    binaries = environment.VENV / "bin"
    steps: list[tuple[str, list[str]]] = [
        ("lint", [str(binaries / "ruff"), "check", "."]),
        ("format", [str(binaries / "ruff"), "format", "--check", "."]),
        ("import contracts", [str(binaries / "lint-imports"), "--no-cache"]),
        ("types", [str(binaries / "mypy"), "--no-error-summary", *_rooms()]),
        ("django", [python, "manage.py", "check", "--fail-level", "WARNING"]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("translations", [python, "manage.py", "messages", "--check"]),
        ("templates", [str(binaries / "djlint"), "templates", "--lint", "--quiet"]),
        ("tests", [python, "-m", "pytest", "-n", "2", "-m", "not journey and not slow", "--durations", "20"]),
    ]
    for name, command in steps:
        started = time.monotonic()
        print(f"── {name}", flush=True)
        code = call(command, env=env)
        print(
            f"── {name}: {'passed' if code == 0 else f'FAILED (exit code {code})'} in {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if code:
            return code
    return 0


def _rooms() -> list[str]:
    return [*sorted(path.parent.name for path in ROOT.glob("*/apps.py")), "core"]
