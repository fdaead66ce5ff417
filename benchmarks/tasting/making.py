"""
Makes a demo world on the day of this benchmark; takes the sizes and the seed of ``demo_world``.

Run as a process of its own by ``benchmarks.taste``, since it needs the world's database and folder.
"""

from __future__ import annotations

import sys

import django
from django.core.management import call_command

from benchmarks.tasting.day import TODAY, at_noon


def main() -> None:
    """Make the world to which the environment points."""
    with at_noon():
        django.setup()
        call_command("demo_world", f"--today={TODAY}", *sys.argv[1:])


if __name__ == "__main__":
    main()
