"""Requests at the desk: to be read. Who is forgotten, and when, is each member's own wish."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import ErasureRequest, ExportRequest


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nobody adds, changes or deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(ExportRequest)
class ExportRequestAdmin(ReadOnly):
    """Wishes for a copy; the file itself is for its owner only."""

    list_display = ("user", "asked_at", "made_at", "expires_at", "discarded_at")
    list_select_related = ("user",)
    ordering = ("-id",)


@admin.register(ErasureRequest)
class ErasureRequestAdmin(ReadOnly):
    """Wishes to be forgotten; one that is due and not done waits for a room that failed."""

    list_display = ("user", "asked_at", "due_at", "withdrawn_at", "done_at")
    list_select_related = ("user",)
    ordering = ("-id",)
