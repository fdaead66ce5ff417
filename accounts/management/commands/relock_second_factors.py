"""``manage relock_second_factors``."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.operations.relocking import relock_second_factors


class Command(BaseCommand):
    help = "Lock all second factors with the SECRET_KEY of now, before a key leaves SECRET_KEY_FALLBACKS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many there were."""
        self.stdout.write(f"{relock_second_factors()} second factors are locked with the key of now")
