"""Where a provider's books and ours differ, at the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from payments import operations
from payments.models import Discrepancy
from payments.views import member

from .parts import Unchangeable, written


@admin.register(Discrepancy)
class DiscrepancyAdmin(Unchangeable, admin.ModelAdmin):
    """To be looked into, and then marked so, on record."""

    list_display = ("day", "provider", "kind", "number", "payment", "ours", "theirs", "raised_at", "settled_at", "by")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "provider", "kind")
    list_select_related = ("payment", "by")
    search_fields = ("number",)
    ordering = ("settled_at", "-pk")
    actions = ("settle",)
    ours = written("ours_minor", gettext_lazy("in our books"))
    theirs = written("theirs_minor", gettext_lazy("at the provider"))

    @admin.action(description=gettext_lazy("Looked into and settled"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        """Mark the chosen ones as settled."""
        for found in queryset:
            operations.settle_discrepancy(discrepancy=found, by=member(request))

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Who may change payments."""
        return request.user.has_perm("payments.change_payment")
