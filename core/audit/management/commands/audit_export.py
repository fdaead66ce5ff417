"""``manage audit_export``."""

from typing import Any

from django.core.management.base import BaseCommand

from core.audit import queries


class Command(BaseCommand):
    help = "Write the audit log to standard output, one JSON object a line, in the order of its chain."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one line after the other, whatever the length of the log."""
        for line in queries.export():
            self.stdout.write(line)
