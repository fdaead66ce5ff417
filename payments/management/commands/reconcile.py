"""``manage reconcile``."""

import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from payments import operations, providers


class Command(BaseCommand):
    help = "Hold each provider's list of a day against our books; exit code 1 if a difference is open."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day; yesterday if none is named."""
        parser.add_argument("--day", type=date.fromisoformat, default=timezone.now().date() - timedelta(days=1))

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many differences each provider has."""
        wrong = 0
        for provider in providers.available():
            found = operations.reconcile(provider=provider.name, day=options["day"])
            self.stdout.write(f"{provider.name:<10} {options['day']} {found:>4} open")
            wrong += found
        if wrong:
            sys.exit(1)
