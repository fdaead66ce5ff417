"""``manage audit_verify``."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.audit.verification import verify


class Command(BaseCommand):
    help = "Repeat the chain of the audit log; exit code 1 if anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", metavar="NUMBER:HASH", help="a head of the chain that was noted earlier")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the count, the head to be noted for the next time, and what is wrong."""
        verdict = verify(expected=_head(options["expect"]))
        self.stdout.write(f"{verdict.counted:,} audit entries, {len(verdict.violations)} wrong")
        self.stdout.write(f"head {verdict.counted}:{verdict.head}")
        for violation in verdict.violations:
            self.stdout.write(f"  {violation}")
        if verdict.violations:
            sys.exit(1)


def _head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, noted = text.partition(":")
    if not number.isdigit() or not noted:
        raise CommandError("--expect takes what an earlier run printed after “head”.")
    return int(number), noted
