"""Products, orders and access, at the desk; only who was given rights to this room sees any of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit.admin import Audited
from core.ui.formats import money

from . import operations
from .enums import Cause, EndCause
from .forms import StaffRefundForm
from .models import Entitlement, Inclusion, Order, OrderHistory, OrderLine, Payment, Product, Refund, Tier, WebhookEvent
from .rules import NotAllowed, OrderState, RefundState
from .views import member


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


@admin.register(Product)
class ProductAdmin(Audited):
    """Prices and terms; what is sold is made by the room that owns it."""

    list_display = ("title", "subject", "creator", "price", "share_percent", "withdrawn_at")
    list_filter = ("kind", "currency")
    list_select_related = ("creator",)
    search_fields = ("title", "subject")
    ordering = ("-pk",)
    fields = (
        "title", "subject", "creator", "price_minor", "currency", "share_percent", "refund_days", "refund_max_progress",
        "withdrawn_at",
    )  # fmt: skip
    readonly_fields = ("title", "subject", "creator", "withdrawn_at")
    actions = ("withdraw",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: the room that owns a thing puts it on sale."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: orders point to it."""
        return False

    @admin.display(description=gettext_lazy("price"), ordering="price_minor")
    def price(self, product: Product) -> str:
        """The price, written out."""
        return money(amount=product.price_minor, currency=product.currency)

    def save_model(self, request: HttpRequest, obj: Product, form: Form, change: bool) -> None:  # noqa: FBT001 - Django's
        """Change the terms, on record with what they were."""
        operations.change_terms(product=obj, by=member(request))

    @admin.action(description=gettext_lazy("Take off sale"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Take the chosen products off sale."""
        for product in queryset:
            operations.withdraw(subject=product.subject, by=member(request))


class Plans(admin.TabularInline):
    """What a tier costs; a price that is changed here holds for those who join from now on."""

    model = Product
    fk_name = "tier"
    extra = 0
    can_delete = False
    fields = ("period", "price_minor", "currency", "refund_days", "withdrawn_at")
    readonly_fields = ("withdrawn_at",)


class Inclusions(admin.TabularInline):
    model = Inclusion
    extra = 0
    autocomplete_fields = ("product",)
    fields = ("product",)


@admin.register(Tier)
class TierAdmin(Audited):
    """Memberships with their plans and what is included in them."""

    list_display = ("name", "slug", "trial_days", "place", "closed_at")
    ordering = ("place", "pk")
    fields = (
        "slug",
        "name_zh",
        "name_en",
        "about_zh",
        "about_en",
        "gives_zh",
        "gives_en",
        "trial_days",
        "place",
        "closed_at",
    )
    inlines = (Plans, Inclusions)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key of a tier that has members does not change."""
        return ("slug",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: members hold it. It is closed instead."""
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:
        """Set prices and inclusions by the operations that put them on record."""
        by, tier = member(request), form.instance
        for row in formset.save(commit=False):
            if isinstance(row, Product):
                operations.set_plan(
                    tier=tier, period=row.period, amount=row.price_minor, currency=row.currency, by=by, refund_days=row.refund_days
                )  # fmt: skip
            else:
                operations.include(tier=tier, product=row.product, by=by)
        for row in formset.deleted_objects:
            operations.exclude(tier=tier, product=row.product, by=by)


class Lines(Unchangeable, admin.TabularInline):
    model = OrderLine
    fields = ("title", "price_minor", "discount_minor", "amount_minor", "refunded_minor", "share_percent")


class Payments(Unchangeable, admin.TabularInline):
    model = Payment
    fields = (
        "provider",
        "provider_id",
        "state",
        "amount_minor",
        "captured_minor",
        "refunded_minor",
        "fee_minor",
        "paid_at",
    )


class History(Unchangeable, admin.TabularInline):
    model = OrderHistory
    fields = ("happened_at", "payment", "before", "after", "cause", "by")
    ordering = ("pk",)


@admin.register(Order)
class OrderAdmin(Unchangeable, admin.ModelAdmin):
    """Orders with all that happened to them, and the one thing that staff may do: give money back."""

    list_display = ("reference", "buyer", "state", "total", "placed_at", "paid_at", "receipt_number")
    list_filter = ("state", "currency")
    list_select_related = ("buyer",)
    search_fields = ("reference", "receipt_number", "buyer__email", "buyer__username")
    ordering = ("-pk",)
    date_hierarchy = "placed_at"
    inlines = (Lines, Payments, History)
    change_form_template = "payments/desk/order.html"

    @admin.display(description=gettext_lazy("total"), ordering="total_minor")
    def total(self, order: Order) -> str:
        """The total, written out."""
        return money(amount=order.total_minor, currency=order.currency)

    def get_urls(self) -> list[URLPattern]:
        """The page of a refund beside the usual ones."""
        refund = path("<int:pk>/refund/", self.admin_site.admin_view(self.refund), name="payments_order_refund")
        return [refund, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The order, with the way to a refund for those who may give one."""
        shown = {"may_refund": self._may_refund(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def refund(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how much and why, then give it back."""
        if not self._may_refund(request):
            raise PermissionDenied
        order = Order.objects.filter(pk=pk, state=OrderState.PAID).first()
        if order is None:
            raise Http404
        form = StaffRefundForm(request.POST if request.method == "POST" else None, order=order)
        if form.is_valid():
            return self._give_back(request, order, form)
        context = {**self.admin_site.each_context(request), "order": order, "form": form, "title": _("Give money back")}
        return TemplateResponse(request, "payments/desk/refund.html", context)

    def _give_back(self, request: HttpRequest, order: Order, form: StaffRefundForm) -> HttpResponse:
        try:
            operations.refund_as_staff(order=order, by=member(request), **form.cleaned_data)
        except operations.NothingLeft:
            messages.error(request, _("That is more than is left of this order."))
        else:
            messages.success(request, _("The money is on its way back."))
        return redirect("admin:payments_order_change", order.pk)

    def _may_refund(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.add_refund")


@admin.register(Refund)
class RefundAdmin(Unchangeable, admin.ModelAdmin):
    """Money on its way back; what a provider refused can be sent once more."""

    list_display = ("payment", "amount", "cause", "state", "by", "reason", "decided_at", "settled_at")
    list_filter = ("state", "cause")
    list_select_related = ("payment", "by")
    ordering = ("-pk",)
    actions = ("send_again",)

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount(self, refund: Refund) -> str:
        """The amount, written out."""
        return money(amount=refund.amount_minor, currency=refund.currency)

    @admin.action(description=gettext_lazy("Send again what was refused"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        """Send the refused ones among the chosen once more."""
        for refund in queryset.filter(state=RefundState.REFUSED):
            try:
                operations.retry_refund(refund=refund, by=member(request))
            except NotAllowed:
                messages.warning(request, _("One of them had been sent meanwhile."))

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may give money back may send it."""
        return request.user.has_perm("payments.add_refund")


@admin.register(Entitlement)
class EntitlementAdmin(admin.ModelAdmin):
    """Who may open what, and why; staff may give access, and take it back."""

    list_display = ("user", "key", "cause", "starts_at", "ends_at", "ended_at", "end_cause", "by")
    list_filter = ("cause", "end_cause")
    list_select_related = ("user", "by")
    search_fields = ("key", "user__email", "user__username")
    autocomplete_fields = ("user", "product")
    fields = ("user", "product", "ends_at", "reason")
    ordering = ("-pk",)
    actions = ("take_back",)

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


@admin.register(WebhookEvent)
class WebhookEventAdmin(Unchangeable, admin.ModelAdmin):
    """What providers said, as it came."""

    list_display = ("received_at", "provider", "kind", "event_id", "outcome", "worked_at")
    list_filter = ("provider", "outcome")
    search_fields = ("event_id",)
    ordering = ("-pk",)
    fields = ("provider", "account", "event_id", "kind", "received_at", "worked_at", "outcome", "told")

    @admin.display(description=gettext_lazy("as it came"))
    def told(self, event: Model) -> str | SafeString:
        """The body as text."""
        return bytes(event.body).decode(errors="replace")
