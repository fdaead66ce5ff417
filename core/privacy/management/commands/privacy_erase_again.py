"""``manage privacy_erase_again``."""

from typing import Any

from django.core.management.base import BaseCommand

from core.privacy import operations


class Command(BaseCommand):
    help = "After a restore: forget again everybody who had been erased."

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase and say how many."""
        self.stdout.write(f"{operations.erase_again()} members erased again")
