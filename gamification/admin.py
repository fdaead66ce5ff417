"""Rules, levels and badges at the desk: the owner names and weighs them, what was earned stays earned."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.audit.admin import Audited

from .models import Badge, Level, Rule


class Kept(Audited):
    """What members earned points by is never deleted, and code names it."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Rule)
class RuleAdmin(Kept):
    """How an act earns points; acts are code, so none is added here."""

    list_display = ("name_zh", "name_en", "points", "times_a_day", "ended_at")
    readonly_fields = ("code",)
    ordering = ("-points", "code")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: an act without code would never count."""
        return False


@admin.register(Level)
class LevelAdmin(Kept):
    """What members are called."""

    list_display = ("number", "name_zh", "name_en", "points")
    ordering = ("number",)


@admin.register(Badge)
class BadgeAdmin(Kept):
    """What members show."""

    list_display = ("name_zh", "name_en", "rule", "times")
    list_select_related = ("rule",)
    ordering = ("pk",)
