"""Batches of payouts at the desk: the file for the bank, and what became of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.ui.formats import money
from core.web.csv_file import csv_response
from payments import operations, queries
from payments.forms import PaidOutForm
from payments.models import Payout, PayoutBatch
from payments.views import member

from .parts import Decided, Unchangeable, written
from .payouts import REFUSED


class Payouts(Unchangeable, admin.TabularInline):
    model = Payout
    fields = readonly_fields = ("creator", "amount", "hint", "state", "approved_by")
    amount = written("amount_minor", gettext_lazy("amount"))
    show_change_link = True


@admin.register(PayoutBatch)
class PayoutBatchAdmin(Decided):
    """What leaves the school by one file; it is made from approved payouts, in their list."""

    list_display = (
        "made_at",
        "way",
        "payouts_in_it",
        "total",
        "made_by",
        "paid_at",
        "paid_by",
        "number",
        "dissolved_at",
    )
    list_filter = (("paid_at", admin.EmptyFieldListFilter), "way", "currency")
    list_select_related = ("made_by", "paid_by")
    ordering = ("-pk",)
    fields = ("currency", "way", "total", "made_at", "made_by", "number", "paid_at", "paid_by", "dissolved_at")
    readonly_fields = ("total",)
    inlines = (Payouts,)
    change_form_template = "payments/desk/batch_of_payouts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutBatch]:
        """Each with how many it holds, and of how much."""
        sums = {"in_it": Count("payouts"), "sum_minor": Sum("payouts__amount_minor", default=0)}
        found: QuerySet[PayoutBatch] = super().get_queryset(request).annotate(**sums)
        return found

    @admin.display(description=gettext_lazy("payouts"))
    def payouts_in_it(self, batch: Any) -> int:
        """How many."""
        return int(batch.in_it)

    @admin.display(description=gettext_lazy("total"))
    def total(self, batch: Any) -> str:
        """How much in all."""
        return money(amount=batch.sum_minor, currency=batch.currency, decimals=True)

    def get_urls(self) -> list[URLPattern]:
        """The file beside the usual pages."""
        page = path("<int:pk>/file/", self.admin_site.admin_view(self.file), name="payments_payoutbatch_file")
        return [page, *super().get_urls()]

    @method_decorator(require_POST)
    def file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Names, numbers and amounts for the bank; that somebody took them is on record."""
        if not self._may_decide(request):
            raise PermissionDenied
        batch = get_object_or_404(PayoutBatch, pk=pk)
        operations.note_file(batch=batch, by=member(request))
        return csv_response(name=f"payouts-{pk}", columns=_columns(), rows=queries.transfers_of(batch=batch))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the batch was transferred, or that nothing of it was."""
        batch = get_object_or_404(PayoutBatch, pk=pk)
        act = request.POST.get("act", "")
        form = PaidOutForm(request.POST if act == "pay" else None)
        if act == "dissolve" or form.is_valid():
            return _do(request, batch, form.cleaned_data["number"] if act == "pay" else None)
        shown = self.get_queryset(request).get(pk=pk)
        context = {
            **self.admin_site.each_context(request), "batch": batch, "form": form, "amount": self.total(shown),
            "count": self.payouts_in_it(shown), "title": str(batch),
        }  # fmt: skip
        return TemplateResponse(request, "payments/desk/decide_batch.html", context)


def _columns() -> tuple[str, ...]:
    return (
        _("Payout"), _("Name of the account's holder"), _("Number of the account"), _("Bank and branch"), _("Amount"), _("Currency"),
    )  # fmt: skip


def _do(request: HttpRequest, batch: PayoutBatch, number: str | None) -> HttpResponse:
    try:
        if number is None:
            operations.dissolve_batch(batch=batch, by=member(request))
        else:
            operations.pay_batch(batch=batch, by=member(request), number=number)
    except tuple(REFUSED) as refused:
        messages.error(request, str(REFUSED[type(refused)]))
    else:
        messages.success(request, _("It is on record."))
    return redirect(reverse("admin:payments_payoutbatch_change", args=[batch.pk]))
