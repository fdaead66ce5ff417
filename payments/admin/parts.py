"""What the pages of this room at the desk have in common."""

from typing import Any

from django.http import HttpRequest


class Unchangeable:
    """Rows that are to be read: what changes them is an operation."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
