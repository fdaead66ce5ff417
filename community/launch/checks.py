"""What ``./run check`` does, in order; the first failure ends it."""

import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import environment, second_try
from .ground import ROOT
from .workshop import TEST_VAR, TOO_LONG, call

LONGEST_SECONDS = 45 * 60
SLOWEST = 20
TESTS_FAILED = 1
PYTEST = [str(environment.PYTHON), "-m", "pytest"]

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
    """One check: its name, its command, what its environment has beyond that of the tests, and where it notes which tests failed."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    failures: Path | None = None


def run(env: dict[str, str]) -> int:
    """Run every check, print the slowest tests and the time, and return the first exit code that is not zero."""
    started = time.monotonic()
    for old in [*TEST_VAR.glob("junit-*.xml"), *TEST_VAR.glob("failed-*.json")]:
        old.unlink()
    code = _run_all(env, until=started + LONGEST_SECONDS)
    _print_slowest()
    took = time.monotonic() - started
    print(f"── all checks: {'passed' if code == 0 else 'FAILED'} in {took / 60:.1f} min (at most 45)", flush=True)
    return code or int(took > LONGEST_SECONDS)


def _run_all(env: dict[str, str], *, until: float) -> int:
    for step in _steps():
        started = time.monotonic()
        print(f"── {step.name}", flush=True)
        code = _play(step, env={**env, **step.env}, until=until)
        print(f"── {step.name}: {_verdict(code)} in {time.monotonic() - started:.0f} s", flush=True)
        if code:
            return code
    return 0


def _play(step: Step, *, env: dict[str, str], until: float) -> int:
    code = call(step.command, env=env, seconds=max(1.0, until - time.monotonic()))
    again = second_try.tests(step.failures) if step.failures and code == TESTS_FAILED else []
    if not again:
        return code
    print(f"── {step.name}: once more, alone: {' '.join(again)}", flush=True)
    code = call([*PYTEST, *again], env=env, seconds=max(1.0, until - time.monotonic()))
    if code == 0:
        print(f"── {step.name}: FAILED AT FIRST and passed alone, to be made steady: {' '.join(again)}", flush=True)
    return code


def _verdict(code: int) -> str:
    if code == TOO_LONG:
        return "FAILED: the checks took longer than 45 minutes"
    return "passed" if code == 0 else f"FAILED (exit code {code})"


def _steps() -> Iterator[Step]:
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
    yield _tests("tests", marks="not journey")
    yield _tests("journeys", marks="journey")


def _tests(name: str, *, marks: str) -> Step:
    times, failures = TEST_VAR / f"junit-{name}.xml", TEST_VAR / f"failed-{name}.json"
    # One worker lives all journeys at the one site.
    command = [*PYTEST, "-n", "2", "--dist", "loadgroup", "-m", marks, f"--junitxml={times}"]
    return Step(name, command, {second_try.VARIABLE: str(failures)}, failures)


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
