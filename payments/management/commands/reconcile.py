"""``manage reconcile``."""

import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments import operations, providers


class Command(BaseCommand):
    help = "Hold each provider's list of a day against our books; exit code 1 if a difference is open."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day; if none is named, the one that was over last where each provider keeps its list."""
        parser.add_argument("--day", type=date.fromisoformat)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many differences each provider has."""
        wrong = 0
        for provider in providers.available():
            day = options["day"] or operations.closed_days(provider, count=1)[0]
            found = operations.reconcile(provider=provider.name, day=day)
            self.stdout.write(f"{provider.name:<10} {day} {found:>4} open")
            wrong += found
        if wrong:
            sys.exit(1)
