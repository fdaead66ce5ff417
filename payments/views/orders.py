"""A buyer's orders, receipts and refunds."""

import io

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget

from core.ui.formats import need_decimals
from payments import operations, printing, queries
from payments.forms import InvoiceForm, RefundForm

from . import member


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Everything that the member has bought."""
    found = queries.orders_of(member(request))
    decimals = any(need_decimals(amounts=[one.total_minor], currency=one.currency) for one in found)
    return render(request, "payments/orders.html", {"orders": found, "decimals": decimals})


@login_required
@require_safe
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """
    How an order stands. Providers send buyers back here: being here changes nothing, but the provider is asked.

    The page of an order that waits asks for its own part again; that only looks.
    """
    page = _page(request, reference)
    if request.htmx and page.is_waiting and request.GET.get("stands") == page.stands:
        # Whoever reads or is about to press a button is not disturbed.
        return HttpResponse(status=204)
    if request.htmx and page.is_waiting:
        return render(request, "payments/order.html#state", {"page": page})
    if request.htmx:
        # What stands below it changes as well: nobody cancels what is paid.
        return retarget(render(request, "payments/order.html#whole", {"page": page}), "#order")
    if page.is_waiting:
        operations.ask_about(order=page.order)
        page = _page(request, reference)
    return render(request, "payments/order.html", {"page": page})


@login_required
@require_safe
def code(request: HttpRequest, reference: str) -> HttpResponse:
    """The picture to be scanned, of an order that waits for it."""
    page = _page(request, reference)
    if not page.code:
        raise Http404
    drawn = io.BytesIO()
    segno.make(page.code, error="m", micro=False).save(drawn, kind="svg", scale=6, border=4, dark="#000", light="#fff")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@login_required
@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt, to be printed."""
    page = queries.receipt(reference=reference, viewer=member(request))
    if page is None:
        raise Http404
    return render(request, "payments/receipt.html", {"page": page, "rows": queries.receipt_rows(page)})


@login_required
@require_safe
def receipt_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt as a file to keep."""
    page = queries.receipt(reference=reference, viewer=member(request))
    if page is None:
        raise Http404
    answer = HttpResponse(printing.receipt(page, language=get_language() or ""), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{printing.receipt_name(page)}"'
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for an invoice, or change what is to stand on it."""
    page = _page(request, reference)
    if not page.may_have_invoice:
        raise Http404
    asked = page.invoice
    before = {"kind": asked.kind, "title": asked.title, "tax_number": asked.tax_number} if asked else {}
    form = InvoiceForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "payments/invoice.html", {"page": page, "form": form}, status=422 if form.errors else 200
        )
    operations.ask_for_invoice(order=page.order, by=member(request), **form.cleaned_data)
    messages.success(request, _("It is in the queue; you are told when it is issued."))
    return redirect(page.order)


@login_required
@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Give up an order that waits for its money."""
    page = _page(request, reference)
    return redirect(operations.cancel_order(order=page.order, by=member(request)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest, reference: str) -> HttpResponse:
    """The policy and what will be reversed, then one button."""
    page = _page(request, reference)
    form = RefundForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "payments/refund.html", {"page": page, "form": form})
    try:
        operations.request_refund(order=page.order, by=member(request), reason=form.cleaned_data["reason"])
    except operations.OutsideThePolicy:
        return render(request, "payments/refund.html", {"page": _page(request, reference), "form": form}, status=409)
    return redirect(page.order)


def _page(request: HttpRequest, reference: str) -> queries.OrderPage:
    page = queries.order_page(reference=reference, viewer=member(request))
    if page is None:
        raise Http404
    return page
