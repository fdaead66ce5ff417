"""Who may open what, and why."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from payments import operations
from payments.enums import Cause, EndCause
from payments.models import Entitlement, Gift
from payments.views import member

from .parts import Unchangeable


class ByCause(admin.SimpleListFilter):
    """Entitlements by why they were given, in words; rooms above may have causes of their own, which have none."""

    title = gettext_lazy("cause")
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The causes that have words."""
        return list(Cause.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entitlement]) -> QuerySet[Entitlement]:
        """Keep those of the chosen cause."""
        return queryset.filter(cause=self.value()) if self.value() else queryset


@admin.register(Entitlement)
class EntitlementAdmin(admin.ModelAdmin):
    """Who may open what, and why; staff may give access, and take it back."""

    list_display = ("user", "opens", "why", "starts_at", "ends_at", "ended_at", "end_cause", "by")
    list_filter = (ByCause, "end_cause")
    list_select_related = ("user", "by", "product")
    search_fields = ("key", "user__email", "user__username")
    autocomplete_fields = ("user", "product")
    fields = ("user", "product", "ends_at", "reason")
    ordering = ("-pk",)
    actions = ("take_back",)

    @admin.display(description=Entitlement._meta.get_field("key").verbose_name, ordering="key")  # noqa: SLF001 - documented
    def opens(self, entitlement: Entitlement) -> str:
        """What it opens by its title, and the key by which it is found."""
        return f"{entitlement.product.title} · {entitlement.key}" if entitlement.product else entitlement.key

    @admin.display(description=gettext_lazy("cause"), ordering="cause")
    def why(self, entitlement: Entitlement) -> str:
        """The cause in words, else its code."""
        return str(dict(Cause.choices).get(entitlement.cause, entitlement.cause))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is given and ended, not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it says why somebody had access."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: FBT001, FBT002
        """The form of a gift, which names a product and a reason."""
        form = super().get_form(request, obj, change, **options)
        if obj is None:
            for name in ("product", "reason"):
                form.base_fields[name].required = True
        return form

    def save_model(self, request: HttpRequest, obj: Entitlement, form: Form, change: bool) -> None:  # noqa: FBT001 - Django's
        """Give access, on record."""
        given = operations.grant(
            user=obj.user,
            product=obj.product,
            cause=Cause.STAFF,
            by=member(request),
            reason=obj.reason,
            ends_at=obj.ends_at,
        )
        obj.pk = given.pk

    @admin.action(description=gettext_lazy("Take back what the school gave"), permissions=["add"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Entitlement]) -> None:
        """End the chosen ones that staff had given; what was bought ends by a refund."""
        for entitlement in queryset.filter(cause=Cause.STAFF):
            operations.end_entitlement(entitlement=entitlement, cause=EndCause.STAFF, by=member(request))


@admin.register(Gift)
class GiftAdmin(Unchangeable, admin.ModelAdmin):
    """What was given, and whether somebody has claimed it; the words on it are the giver's own."""

    list_display = ("order", "created_at", "expires_at", "claimed_at", "claimed_by")
    list_select_related = ("order", "claimed_by")
    search_fields = ("order__reference",)
    ordering = ("-pk",)
    fields = ("order", "created_at", "expires_at", "claimed_at", "claimed_by")
