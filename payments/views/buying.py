"""The checkout."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.web.headers import policy
from payments import operations, queries
from payments.forms import CheckoutForm
from payments.models import Order, Payment

from . import member


class SeeOther(HttpResponseRedirect):
    """A redirect after a form, which the browser follows with GET."""

    status_code = 303


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, product_id: int) -> HttpResponse:
    """What it costs and what one gets; a POST places the order and leads to where it is paid."""
    page = queries.checkout_page(product_id=product_id, viewer=member(request))
    if page is None:
        raise Http404
    form = CheckoutForm(request.POST if request.method == "POST" else None, ways=page.ways)
    if request.method == "POST" and form.is_valid():
        return _buy(request, page, form.cleaned_data["way"])
    return _show(request, page, form)


def _buy(request: HttpRequest, page: queries.CheckoutPage, way: str) -> HttpResponse:
    try:
        order, payment = operations.check_out(buyer=member(request), product_ids=[page.product.pk], provider=way)
    except operations.AlreadyOwned:
        return redirect("payments:checkout", page.product.pk)
    except operations.NotOnSale as gone:
        raise Http404 from gone
    except operations.NoWayToPay:
        return _show(request, page, CheckoutForm(ways=page.ways), status=503)
    return SeeOther(_next_step(order, payment))


def _next_step(order: Order, payment: Payment | None) -> str:
    at_provider = payment is not None and operations.is_open(payment)
    return payment.checkout_url if payment and at_provider else order.get_absolute_url()


def _show(request: HttpRequest, page: queries.CheckoutPage, form: CheckoutForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "order": page.summary, "form": form}
    response = render(request, "payments/checkout.html", context, status=status)
    response.headers["Content-Security-Policy"] = policy(form_actions=page.form_actions)
    return response
