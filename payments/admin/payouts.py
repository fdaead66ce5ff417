"""Payouts at the desk: what waits for a decision, and where the money goes."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.ui.formats import money
from payments import operations, queries, sealing
from payments.forms import PaidOutForm, PayoutReasonForm
from payments.models import Payout, PayoutMove
from payments.rules import PAYOUT_EDGES, NotAllowed, PayoutState
from payments.views import member

from .parts import Decided, Unchangeable, written

Act = Callable[..., Payout]

# From where an act leads to where: the desk offers those whose edge exists.
_WITHOUT_WORDS: dict[str, tuple[PayoutState, Act]] = {
    "approve": (PayoutState.APPROVED, operations.approve_payout),
    "release": (PayoutState.ASKED, operations.release_payout),
}
_WITH_REASON: dict[str, tuple[PayoutState, Act]] = {
    "hold": (PayoutState.HELD, operations.hold_payout),
    "cancel": (PayoutState.CANCELLED, operations.cancel_payout),
    "return": (PayoutState.RETURNED, operations.return_payout),
}
_WITH_NUMBER: dict[str, tuple[PayoutState, Act]] = {"pay": (PayoutState.PAID, operations.mark_paid)}
_ACTS = {**_WITHOUT_WORDS, **_WITH_REASON, **_WITH_NUMBER}

REFUSED = {
    operations.OwnPayout: gettext_lazy("It is your own money; somebody else has to look at it."),
    operations.NeedsAnother: gettext_lazy("So much is paid by another person than approved it."),
    operations.NoLongerCovered: gettext_lazy("Refunds have taken more since than was left. Hold it, or take it back."),
    operations.InABatch: gettext_lazy("It leaves in a batch: note that one as paid, or hold this one to take it out."),
    operations.BatchOver: gettext_lazy("This batch is over."),
    operations.NoPayee: gettext_lazy("Nobody knows any more where one of them should go."),
    NotAllowed: gettext_lazy("It was decided on meanwhile."),
}


class Moves(Unchangeable, admin.TabularInline):
    model = PayoutMove
    fields = ("happened_at", "before", "after", "by")
    ordering = ("pk",)


@admin.register(Payout)
class PayoutAdmin(Decided):
    """What creators have asked for; staff decide, transfer it and say so, each act on record."""

    list_display = ("creator", "amount", "way", "state", "asked_at", "approved_by", "batch", "paid_at", "paid_by")
    list_filter = ("state", "way", "currency")
    list_select_related = ("creator", "approved_by", "paid_by", "batch")
    search_fields = ("creator__email", "creator__username", "number")
    ordering = ("-pk",)
    fields = (
        "creator",
        "amount",
        "way",
        "state",
        "reason",
        "number",
        "asked_at",
        "approved_by",
        "batch",
        "paid_at",
        "paid_by",
    )
    inlines = (Moves,)
    amount = written("amount_minor", gettext_lazy("amount"))
    change_form_template = "payments/desk/payout.html"
    actions = ("gather",)

    @admin.action(description=gettext_lazy("Gather into a batch, to be transferred together"), permissions=["gather"])
    def gather(self, request: HttpRequest, queryset: QuerySet[Payout]) -> HttpResponse | None:
        """Put the chosen ones, which are approved, into a batch for each currency and way."""
        try:
            made = operations.gather_payouts(payouts=queryset, by=member(request))
        except NotAllowed:
            messages.error(
                request, _("Only what is approved and in no batch yet can be gathered. Nothing was changed.")
            )
        except tuple(REFUSED) as refused:
            messages.error(request, str(REFUSED[type(refused)]))
        else:
            messages.success(request, _("It is on record."))
            is_one = len(made) == 1
            address = (
                reverse("admin:payments_payoutbatch_change", args=[made[0].pk])
                if is_one
                else reverse("admin:payments_payoutbatch_changelist")
            )
            return redirect(address)
        return None

    def has_gather_permission(self, request: HttpRequest) -> bool:
        """Who may change payouts."""
        return self._may_decide(request)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show where the money goes and what can be done, and do it."""
        payout = get_object_or_404(Payout.objects.select_related("creator"), pk=pk)
        asked = request.POST.get("act", "")
        form = _form(asked, request)
        if asked in _ACTS and (form is None or form.is_valid()):
            return self._do(request, payout, asked, form.cleaned_data if form else {})
        context = {**self.admin_site.each_context(request), **_shown(payout), "title": _("Payout")}
        if form is not None:
            context["reason_form" if asked in _WITH_REASON else "number_form"] = form
        return TemplateResponse(request, "payments/desk/decide_payout.html", context)

    def _do(self, request: HttpRequest, payout: Payout, asked: str, words: dict[str, str]) -> HttpResponse:
        try:
            _ACTS[asked][1](payout=payout, by=member(request), **words)
        except tuple(REFUSED) as refused:
            messages.error(request, str(REFUSED[type(refused)]))
        else:
            messages.success(request, _("It is on record."))
        return redirect("admin:payments_payout_change", payout.pk)


def _form(asked: str, request: HttpRequest) -> PayoutReasonForm | PaidOutForm | None:
    if asked in _WITH_REASON:
        return PayoutReasonForm(request.POST)
    return PaidOutForm(request.POST) if asked in _WITH_NUMBER else None


def _shown(payout: Payout) -> dict[str, Any]:
    creator = User.objects.get(pk=payout.creator_id)
    balance = queries.balance_of(creator=creator, currency=payout.currency)
    open_to = PAYOUT_EDGES[payout.state]
    return {
        "payout": payout, "amount": money(amount=payout.amount_minor, currency=payout.currency), "payee": sealing.unlock(payout.sealed),
        "total": money(amount=balance.total, currency=payout.currency), "is_covered": balance.total >= 0,
        "acts": {act for act, (to, _do) in _ACTS.items() if to in open_to},
        "needs_reason": [act for act, (to, _do) in _WITH_REASON.items() if to in open_to],
        "reason_form": PayoutReasonForm(), "number_form": PaidOutForm(),
    }  # fmt: skip
