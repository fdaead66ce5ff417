"""What every process pays when it starts."""

import subprocess
import sys

from django.conf import settings

HEAVY = {"sklearn", "pypinyin", "PIL.ImageFont", "playwright", "pandas"}
"""Packages that cost a second or more to import, and that most processes never use."""


def test_a_process_that_starts_imports_nothing_heavy():
    script = "import sys, django; django.setup(); import community.urls; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert HEAVY & set(loaded.stdout.split()) == set()
