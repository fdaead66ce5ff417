"""``manage relock_payees``."""

from typing import Any

from django.core.management.base import BaseCommand

from payments.operations import relock_payees


class Command(BaseCommand):
    help = "Lock where creators are paid with the SECRET_KEY of now, before a key leaves SECRET_KEY_FALLBACKS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many there were."""
        self.stdout.write(f"{relock_payees()} payees are locked with the key of now")
