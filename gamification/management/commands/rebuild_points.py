"""``manage rebuild_points``."""

from typing import Any

from django.core.management.base import BaseCommand

from gamification.operations import rebuild_totals


class Command(BaseCommand):
    help = "Add up anew what each member has earned by each rule, from their days."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many totals there are."""
        self.stdout.write(f"{rebuild_totals():,} totals were made anew.")
