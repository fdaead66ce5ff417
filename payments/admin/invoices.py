"""The queue of invoices."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.formats import money
from payments import operations
from payments.forms import DecideInvoiceForm
from payments.models import InvoiceRequest
from payments.views import member

from .parts import Decided


@admin.register(InvoiceRequest)
class InvoiceRequestAdmin(Decided):
    """Who wants an invoice; staff issue it in the tax system and note its number, or say why not."""

    list_display = ("order", "title", "tax_number", "amount", "asked_at", "issued_at", "number", "refused_at")
    list_filter = (("issued_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("order",)
    search_fields = ("title", "tax_number", "number", "order__reference")
    ordering = ("issued_at", "asked_at")
    change_form_template = "payments/desk/asked.html"

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, asked: InvoiceRequest) -> str:
        """What the invoice is about: what was paid and not given back."""
        order = asked.order
        return money(amount=order.total_minor - order.refunded_minor, currency=order.currency, decimals=True)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note the number, or say why there is none."""
        waiting = InvoiceRequest.objects.select_related("order").filter(issued_at=None, refused_at=None)
        asked = get_object_or_404(waiting, pk=pk)
        form = DecideInvoiceForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            if form.cleaned_data["number"]:
                operations.note_invoice(request=asked, number=form.cleaned_data["number"], by=member(request))
            else:
                operations.refuse_invoice(request=asked, reason=form.cleaned_data["reason"], by=member(request))
            return redirect("admin:payments_invoicerequest_changelist")
        context = {
            **self.admin_site.each_context(request), "asked": asked, "form": form, "amount": self.amount(asked),
            "title": _("Invoice (发票)"),
        }  # fmt: skip
        return TemplateResponse(request, "payments/desk/invoice.html", context)
