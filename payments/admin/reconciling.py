"""Where a provider's books and ours differ, at the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from core.ui.formats import money
from payments import operations
from payments.models import Discrepancy
from payments.views import member

from .parts import Unchangeable


@admin.register(Discrepancy)
class DiscrepancyAdmin(Unchangeable, admin.ModelAdmin):
    """To be looked into, and then marked so, on record."""

    list_display = ("day", "provider", "kind", "number", "payment", "ours", "theirs", "raised_at", "settled_at", "by")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "provider", "kind")
    list_select_related = ("payment", "by")
    search_fields = ("number",)
    ordering = ("settled_at", "-pk")
    actions = ("settle",)

    @admin.display(description=gettext_lazy("in our books"))
    def ours(self, found: Discrepancy) -> str:
        """What we have, written out."""
        return money(amount=found.ours_minor, currency=found.currency)

    @admin.display(description=gettext_lazy("at the provider"))
    def theirs(self, found: Discrepancy) -> str:
        """What they say, written out."""
        return money(amount=found.theirs_minor, currency=found.currency)

    @admin.action(description=gettext_lazy("Looked into and settled"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        """Mark the chosen ones as settled."""
        for found in queryset:
            operations.settle_discrepancy(discrepancy=found, by=member(request))

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Who may change payments."""
        return request.user.has_perm("payments.change_payment")
