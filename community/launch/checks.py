"""What ``./run check`` does, in order; the first failure ends it."""

import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import environment
from .ground import ROOT
from .workshop import TEST_VAR, TOO_LONG, call

LONGEST_SECONDS = 45 * 60
SLOWEST = 20

EXAMPLE_OF_PRODUCTION = {
    "LYCEUM_ENVIRONMENT": "production",
    "SECRET_KEY": "an example that is long enough and has many different letters: 0123456789 qwzxvbnm",
    "SITE_URL": "https://school.example",
    "ALLOWED_HOSTS": "school.example",
    "TRUSTED_PROXIES": "1",
    "ADMIN_PATH": "behind-the-lamp",
    "FROM_EMAIL": "The school <school@school.example>",
    "EMAIL_HOST": "mail.school.example",
}
"""What a school would write into its environment; the addresses of its servers are those of the tests."""


@dataclass(frozen=True)
class Step:
    """One check: its name, its command, and what its environment has beyond that of the tests."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


def run(env: dict[str, str], *, is_whole: bool = False) -> int:
    """Run every check, with the slow tests and the journeys when ``is_whole``; print the slowest tests and the time; return the first exit code that is not zero."""
    started = time.monotonic()
    for old in TEST_VAR.glob("junit-*.xml"):
        old.unlink()
    code = _run_all(env, _steps(is_whole=is_whole), until=started + LONGEST_SECONDS)
    _print_slowest()
    took = time.monotonic() - started
    print(f"── all checks: {'passed' if code == 0 else 'FAILED'} in {took / 60:.1f} min (at most 45)", flush=True)
    return code or int(took > LONGEST_SECONDS)


def _run_all(env: dict[str, str], steps: Iterator[Step], *, until: float) -> int:
    for step in steps:
        started = time.monotonic()
        print(f"── {step.name}", flush=True)
        code = call(step.command, env={**env, **step.env}, seconds=max(1.0, until - started))
        print(f"── {step.name}: {_verdict(code)} in {time.monotonic() - started:.0f} s", flush=True)
        if code:
            return code
    return 0


def _verdict(code: int) -> str:
    if code == TOO_LONG:
        return "FAILED: the checks took longer than 45 minutes"
    return "passed" if code == 0 else f"FAILED (exit code {code})"


def _steps(*, is_whole: bool) -> Iterator[Step]:
    python, binaries = str(environment.PYTHON), environment.VENV / "bin"
    yield Step("lint", [str(binaries / "ruff"), "check", "."])
    yield Step("format", [str(binaries / "ruff"), "format", "--check", "."])
    yield Step("import contracts", [str(binaries / "lint-imports"), "--no-cache"])
    yield Step("types", [str(binaries / "mypy"), "--no-error-summary", *_rooms()])
    yield Step("django", [python, "manage.py", "check", "--fail-level", "WARNING"])
    deploy = [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    yield Step("django in production", deploy, EXAMPLE_OF_PRODUCTION)
    yield Step("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"])
    yield Step("translations", [python, "manage.py", "messages", "--check"])
    yield Step("templates", [str(binaries / "djlint"), "templates", "--lint", "--quiet"])
    # House rules are tests among the others. Journeys come last: what is wrong below shows sooner and clearer there.
    yield _tests("tests", marks="not journey" if is_whole else "not journey and not slow")
    if is_whole:
        yield _tests("journeys", marks="journey")


def _tests(name: str, *, marks: str) -> Step:
    times = TEST_VAR / f"junit-{name}.xml"
    command = [str(environment.PYTHON), "-m", "pytest", "-n", "2", "-m", marks, f"--junitxml={times}"]
    # One worker lives all journeys at the one site.
    command += ["--dist", "loadgroup"]
    return Step(name, command)


def _print_slowest() -> None:
    times = sorted((time for path in TEST_VAR.glob("junit-*.xml") for time in _times(path)), reverse=True)
    if times:
        print(f"── the {min(SLOWEST, len(times))} slowest of {len(times)} tests")
    for seconds, name in times[:SLOWEST]:
        print(f"   {seconds:7.2f} s  {name}")


def _times(path: object) -> Iterator[tuple[float, str]]:
    for case in ET.parse(str(path)).iter("testcase"):  # noqa: S314 - written by the step before
        yield float(case.get("time", 0)), f"{case.get('classname')}::{case.get('name')}"


def _rooms() -> list[str]:
    return [*sorted(path.parent.name for path in ROOT.glob("*/apps.py")), "core"]
