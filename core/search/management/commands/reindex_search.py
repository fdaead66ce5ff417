"""Makes the search index again from what the rooms hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.search import operations
from core.search.kinds import known


class Command(BaseCommand):
    """Indexes every kind again, or those that are named; search works on meanwhile."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kinds", nargs="*", metavar="KIND", help="one of those that rooms have registered")

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in options["kinds"] or sorted(known):
            self.stdout.write(f"{kind}: {operations.reindex(kind=kind)} documents")
