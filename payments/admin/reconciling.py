"""Where a provider's books and ours differ, at the desk."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from payments import operations
from payments.enums import Difference
from payments.models import Discrepancy
from payments.views import member

from .parts import AtProvider, ByProvider, Unchangeable, written

WHAT_TO_DO: dict[str, str | Promise] = {
    Difference.UNHEARD: gettext_lazy(
        "We have asked the provider, and what was bought should be open: look at the order. Where this comes often, its messages do not reach us."
    ),
    Difference.UNKNOWN: gettext_lazy(
        "Look the number up at the provider. Money that belongs to no order of ours is given back there."
    ),
    Difference.MISSING: gettext_lazy(
        "Look the number up at the provider. If it never took the money, write to the buyer; nothing closes by itself."
    ),
    Difference.AMOUNT: gettext_lazy(
        "Hold the payment against the provider's page of it. What was taken beyond the order is given back there."
    ),
    Difference.RETURNED: gettext_lazy(
        "Hold the refunds of the order against the provider's page. One that it refused stands under Refunds and can be sent again."
    ),
}


@admin.register(Discrepancy)
class DiscrepancyAdmin(AtProvider, Unchangeable, admin.ModelAdmin):
    """To be looked into, and then marked so, on record."""

    list_display = (
        "day",
        "at_provider",
        "kind",
        "number",
        "payment",
        "ours",
        "theirs",
        "raised_at",
        "looked_into_at",
        "by",
    )
    list_filter = (("settled_at", admin.EmptyFieldListFilter), ByProvider, "kind")
    list_select_related = ("payment", "by")
    search_fields = ("number",)
    ordering = ("settled_at", "-pk")
    actions = ("settle",)
    fields = readonly_fields = (
        "day", "at_provider", "kind", "what_to_do", "number", "payment", "ours", "theirs", "raised_at", "looked_into_at", "by",
    )  # fmt: skip
    ours = written("ours_minor", gettext_lazy("in our books"))
    theirs = written("theirs_minor", gettext_lazy("at the provider"))

    @admin.display(description=gettext_lazy("what to do"))
    def what_to_do(self, found: Discrepancy) -> str:
        """The next step, for whoever finds it at night."""
        return str(WHAT_TO_DO.get(found.kind, ""))

    @admin.display(description=gettext_lazy("looked into at"), ordering="settled_at", empty_value="—")
    def looked_into_at(self, found: Discrepancy) -> datetime | None:
        """When somebody settled it; a refund's money has another word for that."""
        return found.settled_at

    @admin.action(description=gettext_lazy("Looked into and settled"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        """Mark the chosen ones as settled."""
        for found in queryset:
            operations.settle_discrepancy(discrepancy=found, by=member(request))

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Who may change payments."""
        return request.user.has_perm("payments.change_payment")
