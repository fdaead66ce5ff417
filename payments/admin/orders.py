"""Orders with all that happened to them, refunds, and what providers said."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import operations
from payments.enums import MoveCause, RefundCause
from payments.forms import StaffRefundForm
from payments.models import Order, OrderHistory, OrderLine, Payment, Refund, WebhookEvent
from payments.rules import NotAllowed, OrderState, PaymentState, RefundState
from payments.views import member

from .parts import AtProvider, ByProvider, Unchangeable, written


class Lines(Unchangeable, admin.TabularInline):
    model = OrderLine
    fields = readonly_fields = ("title", "price", "off", "amount", "back", "share_percent")
    price = written("price_minor", gettext_lazy("price"), currency="order__currency")
    off = written("discount_minor", gettext_lazy("taken off"), currency="order__currency")
    amount = written("amount_minor", gettext_lazy("amount"), currency="order__currency")
    back = written("refunded_minor", gettext_lazy("given back"), currency="order__currency")


class Payments(AtProvider, Unchangeable, admin.TabularInline):
    model = Payment
    fields = readonly_fields = ("at_provider", "provider_id", "state", "amount", "taken", "back", "fee", "paid_at")
    amount = written("amount_minor", gettext_lazy("amount"))
    taken = written("captured_minor", gettext_lazy("taken"), currency="captured_currency")
    back = written("refunded_minor", gettext_lazy("given back"), currency="captured_currency")
    fee = written("fee_minor", gettext_lazy("the provider's fee"), currency="captured_currency")


class History(Unchangeable, admin.TabularInline):
    model = OrderHistory
    fields = readonly_fields = ("happened_at", "payment", "was", "became", "why", "by")
    ordering = ("pk",)

    @admin.display(description=gettext_lazy("from"), empty_value="—")
    def was(self, move: OrderHistory) -> str:
        """The state before, in words; nothing where the order or the attempt began."""
        return _state(move, move.before)

    @admin.display(description=gettext_lazy("to"))
    def became(self, move: OrderHistory) -> str:
        """The state after, in words."""
        return _state(move, move.after)

    @admin.display(description=gettext_lazy("cause"))
    def why(self, move: OrderHistory) -> str:
        """What moved it, in words; a provider's message by its own name."""
        causes = RefundCause if move.after in {OrderState.REFUNDED, PaymentState.REFUNDED} else MoveCause
        if move.cause in causes.values:
            return str(causes(move.cause).label)
        return _("message “{kind}” of the provider").format(kind=move.cause)


def _state(move: OrderHistory, code: str) -> str:
    states = PaymentState if move.payment_id else OrderState
    return str(states(code).label) if code else ""


@admin.register(Order)
class OrderAdmin(Unchangeable, admin.ModelAdmin):
    """Orders with all that happened to them, and the one thing that staff may do: give money back."""

    list_display = ("reference", "buyer", "state", "total", "placed_at", "receipt_number")
    list_filter = ("paid_at", "state", "currency")
    list_select_related = ("buyer",)
    search_fields = ("reference", "receipt_number", "buyer__email", "buyer__username")
    ordering = ("-pk",)
    date_hierarchy = "placed_at"
    inlines = (Lines, Payments, History)
    total = written("total_minor", gettext_lazy("total"))
    back = written("refunded_minor", gettext_lazy("given back"))
    fields = readonly_fields = (
        "reference", "buyer", "state", "total", "back", "bundle", "placed_at", "expires_at", "paid_at", "receipt_number",
    )  # fmt: skip
    change_form_template = "payments/desk/order.html"

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
        except operations.OwnOrder:
            messages.error(request, _("It is your own money; somebody else has to look at it."))
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
    actions = ("send_again", "was_sent")
    fields = readonly_fields = (
        "payment", "amount", "cause", "words", "state", "provider_id", "by", "decided_at", "settled_at",
    )  # fmt: skip
    amount = written("amount_minor", gettext_lazy("amount"))

    @admin.display(description=gettext_lazy("said of it"), empty_value="—")
    def words(self, refund: Refund) -> str:
        """What the buyer or the staff wrote."""
        return refund.reason

    @admin.action(description=gettext_lazy("Send again what was refused"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        """Send the refused ones among the chosen once more."""
        for refund in queryset.filter(state=RefundState.REFUSED):
            try:
                operations.retry_refund(refund=refund, by=member(request))
            except NotAllowed:
                messages.warning(request, _("One of them had been sent meanwhile."))

    @admin.action(description=gettext_lazy("We have transferred it back"), permissions=["send"])
    def was_sent(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        """Note of the chosen refunds that the school's bank has sent them."""
        for refund in queryset.filter(state=RefundState.DUE):
            try:
                operations.settle_by_hand(refund=refund, by=member(request))
            except operations.NotByHand:
                messages.warning(request, _("A provider sends its refunds itself; only bank transfers are noted here."))

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may give money back may send it."""
        return request.user.has_perm("payments.add_refund")


@admin.register(WebhookEvent)
class WebhookEventAdmin(AtProvider, Unchangeable, admin.ModelAdmin):
    """What providers said, as it came."""

    list_display = ("received_at", "at_provider", "kind", "event_id", "outcome", "worked_at")
    list_filter = (ByProvider, "outcome")
    search_fields = ("event_id",)
    ordering = ("-pk",)
    fields = ("provider", "account", "event_id", "kind", "received_at", "worked_at", "outcome", "told")

    @admin.display(description=gettext_lazy("as it came"))
    def told(self, event: Model) -> str | SafeString:
        """The body as text."""
        return bytes(event.body).decode(errors="replace")
