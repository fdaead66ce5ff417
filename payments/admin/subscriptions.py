"""Memberships that renew by themselves, at the desk."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import operations, providers
from payments.models import Subscription

from .parts import AtProvider, ByProvider, Unchangeable, written


@admin.register(Subscription)
class SubscriptionAdmin(AtProvider, Unchangeable, admin.ModelAdmin):
    """What a provider renews, and since when and until when; its renewals are orders."""

    list_display = (
        "provider_id",
        "user",
        "product",
        "state",
        "costs",
        "began_at",
        "renews_at",
        "cancelled_at",
        "ended_at",
    )
    list_filter = ("state", ByProvider)
    list_select_related = ("user", "product")
    search_fields = ("provider_id", "user__email", "order__reference")
    ordering = ("-pk",)
    actions = ("ask",)
    costs = written("amount_minor", gettext_lazy("amount"))

    @admin.action(description=gettext_lazy("Ask the provider how they stand"))
    def ask(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """Ask about the chosen ones now, and take in what nobody told us."""
        for subscription in queryset:
            try:
                operations.catch_up(subscription=subscription)
            except (
                providers.Unreachable,
                providers.Refused,
                providers.NotUnderstood,
                providers.NotConfigured,
            ) as failed:
                messages.error(request, _("%(which)s: no answer (%(why)s)") % {"which": subscription, "why": failed})
