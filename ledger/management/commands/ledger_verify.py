"""``manage ledger_verify``."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from ledger.verification import verify


class Command(BaseCommand):
    help = "Recount the ledger and what is derived from it; exit code 1 if anything is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each check and one for each violation."""
        wrong = 0
        for label, finding in verify():
            self.stdout.write(f"{finding.counted:>12,} {label}, {len(finding.violations)} wrong")
            for violation in finding.violations:
                self.stdout.write(f"{'':>13}{violation}")
            wrong += len(finding.violations)
        if wrong:
            sys.exit(1)
