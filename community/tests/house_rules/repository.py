"""What belongs to the repository, read once."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
APPS = [
    "accounts", "community", "courses", "experiments", "forum", "gamification", "insights", "ledger", "notifications", "payments",
    "recsys", "surveys", "topics",
]  # fmt: skip
ROOMS = [*APPS, "core", "sandbox"]


@cache
def files():
    """Whatever belongs to the repository, new files included; by name."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(name for name in set(names) if (ROOT / name).is_file())


@cache
def source(name):
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def nodes(name):
    return walked(source(name))


def walked(text):
    return list(ast.walk(ast.parse(text)))


@cache
def modules():
    """Our code, without tests and migrations."""
    ours = [name for name in files() if name.endswith(".py") and name.split("/")[0] in ROOMS]
    return [name for name in ours if "/tests/" not in name and "/migrations/" not in name]


def written_for(*endings):
    return [name for name in files() if name.endswith(endings) and name.startswith(("templates/", "static/"))]
