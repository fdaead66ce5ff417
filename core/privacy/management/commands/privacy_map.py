"""``manage privacy_map``."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.privacy import mapping, registry


class Command(BaseCommand):
    help = "Print the map of personal data; exit code 1 when a model leads to a person and is not on it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each model, then what is missing."""
        for model, cover in sorted(registry.known().items(), key=lambda item: item[0]._meta.label):  # noqa: SLF001
            exported = "exported" if cover.exporter else f"not exported: {cover.not_exported}"
            erased = f"not erased: {cover.not_erased}" if cover.not_erased else "erased"
            self.stdout.write(f"{model._meta.label}: {exported}; {erased}")  # noqa: SLF001
        missing = mapping.uncovered()
        for sentence in missing:
            self.stderr.write(sentence)
        if missing:
            sys.exit(1)
