"""What a creator has earned, month by month, and how it comes to them."""

import csv
from datetime import date
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import time_zones
from payments import operations, queries, rules, shapes
from payments.forms import PayeeForm, PayoutForm

from . import member

_REFUSALS = (operations.NoPayee, operations.NotCleared, operations.OneOnItsWay, operations.TooLittle)


@login_required
@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    """What is cleared and what is not yet, what was paid out, and a statement for every month."""
    return _show(request)


@login_required
@require_safe
def statement(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """A month of the viewer's account, line by line."""
    shown, place = _statements(request, year, month), time_zones.in_words(member(request).time_zone)
    return render(
        request, "payments/statement.html", {"statements": shown, "month": date(year, month, 1), "place": place}
    )


@login_required
@require_safe
def statement_csv(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The same as a file, in the smallest unit's decimals, for a spreadsheet."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="statement-{year}-{month:02}.csv"'
    # Spreadsheets take a file without this mark for one in an old encoding.
    answer.write("\ufeff")
    sheet = csv.writer(answer)
    sheet.writerow([_("Date"), _("What"), _("Title"), _("Order number"), _("Currency"), _("Amount"), _("Balance")])
    for one in _statements(request, year, month):
        sheet.writerows(shapes.statement_cells(one))
    return answer


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def payee(request: HttpRequest) -> HttpResponse:
    """Say where the money should go; what was said before is not shown again."""
    form = PayeeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "payments/payee.html", {"form": form}, status=422 if form.errors else 200)
    operations.set_payee(user=member(request), **form.cleaned_data)
    messages.success(request, _("It is kept, locked. What you ask for from now on goes there."))
    return redirect("payments:earnings")


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a payout."""
    form = PayoutForm(request.POST)
    if not form.is_valid() or form.cleaned_data["currency"] not in rules.SMALLEST_PAYOUT:
        return _show(request, form, status=422)
    try:
        operations.ask_for_payout(creator=member(request), **form.cleaned_data)
    except _REFUSALS as refused:
        form.refuse(type(refused).__name__)
        return _show(request, form, status=409)
    messages.success(request, _("The school has your request; you are told how it goes on."))
    return redirect("payments:earnings")


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a payout that nobody has approved back into the balance."""
    payout = get_object_or_404(queries.payouts_of(creator=member(request)), pk=pk)
    try:
        operations.cancel_payout(payout=payout, by=member(request))
    except rules.NotAllowed:
        messages.warning(request, _("It was decided on meanwhile."))
    else:
        messages.success(request, _("It is back in your balance."))
    return redirect("payments:earnings")


def _show(request: HttpRequest, form: PayoutForm | None = None, *, status: int = 200) -> HttpResponse:
    page = queries.earnings_page(creator=member(request))
    context: dict[str, Any] = {"page": page, "accounts": [(one, _form_for(one, form)) for one in page.balances]}
    return render(request, "payments/earnings.html", context, status=status)


def _form_for(balance: queries.Balance, form: PayoutForm | None) -> PayoutForm:
    if form is not None and form.data.get("currency") == balance.currency:
        return form
    whole = {"currency": balance.currency, "amount": f"{max(balance.cleared, 0) / 100:.2f}"}
    return PayoutForm(initial=whole, auto_id=f"id_{balance.currency}_%s")


def _statements(request: HttpRequest, year: int, month: int) -> list[queries.Statement]:
    if not (1 <= month <= 12 and 2000 <= year <= localtime().year + 1):  # noqa: PLR2004 - a calendar
        raise Http404
    found = queries.statements(creator=member(request), year=year, month=month)
    if not found:
        raise Http404
    return found
