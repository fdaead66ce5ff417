"""A buyer's orders, receipts and refunds."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payments import operations, queries
from payments.forms import RefundForm

from . import member


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Everything that the member has bought."""
    return render(request, "payments/orders.html", {"orders": queries.orders_of(member(request))})


@login_required
@require_safe
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """
    How an order stands. Providers send buyers back here: being here changes nothing, but the provider is asked.

    The page of an order that waits asks for its own part again; that only looks.
    """
    page = _page(request, reference)
    if request.htmx:
        return render(request, "payments/order.html#state", {"page": page})
    if page.is_waiting:
        operations.ask_about(order=page.order)
        page = _page(request, reference)
    return render(request, "payments/order.html", {"page": page})


@login_required
@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt, to be printed."""
    page = queries.receipt(reference=reference, viewer=member(request))
    if page is None:
        raise Http404
    return render(request, "payments/receipt.html", {"page": page})


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
