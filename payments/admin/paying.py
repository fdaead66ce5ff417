"""Tries to pay at the desk, and the decision on a bank transfer."""

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import operations
from payments.forms import TransferForm
from payments.models import Payment
from payments.rules import PAYABLE
from payments.views import member

from .parts import AtProvider, ByProvider, Decided, written


@admin.register(Payment)
class PaymentAdmin(AtProvider, Decided):
    """Every try to pay; of a bank transfer staff say here whether it arrived."""

    list_display = ("order", "at_provider", "state", "asked_for", "started_at", "paid_at", "provider_id")
    list_filter = (ByProvider, "state", "currency")
    list_select_related = ("order",)
    search_fields = ("provider_id", "order__reference", "order__buyer__email")
    ordering = ("-pk",)
    change_form_template = "payments/desk/payment.html"
    decision = "transfer"
    asked_for = written("amount_minor", gettext_lazy("amount"))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what arrived, then take it in."""
        payment = Payment.objects.select_related("order").filter(pk=pk, provider="transfer", state__in=PAYABLE).first()
        if payment is None:
            raise Http404
        form = TransferForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._take(request, payment, form)
        context = {
            **self.admin_site.each_context(request),
            "payment": payment,
            "form": form,
            "title": _("Bank transfer"),
        }
        return TemplateResponse(request, "payments/desk/transfer.html", context)

    def _take(self, request: HttpRequest, payment: Payment, form: TransferForm) -> HttpResponse:
        amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
        try:
            if amount:
                operations.approve_transfer(payment=payment, amount=amount, by=member(request), reason=reason)
            else:
                operations.decline_transfer(payment=payment, by=member(request), reason=reason)
        except operations.OwnOrder:
            messages.error(request, _("It is your own order; somebody else has to look at it."))
        except operations.NotByHand:
            messages.error(request, _("It was decided on meanwhile."))
        else:
            messages.success(request, _("It is on record."))
        return redirect("admin:payments_payment_change", payment.pk)
