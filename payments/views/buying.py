"""The checkout."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.web import limits
from core.web.addresses import client_address
from core.web.headers import policy
from core.web.numbers import number_in
from payments import operations, queries
from payments.forms import CheckoutForm
from payments.models import Order, Payment

from . import is_phone, member

TRIES = "10/10m,40/d"
"""How many codes one member may try: a shared code is a word, and words can be guessed."""


class SeeOther(HttpResponseRedirect):
    """A redirect after a form, which the browser follows with GET."""

    status_code = 303


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, product_id: int) -> HttpResponse:
    """
    What it costs and what one gets; a POST counts a code in, or places the order and leads to where it is paid.

    Whoever comes back to an order that waits finds everything as they typed it.
    """
    is_gift = "gift" in request.GET
    typed = request.POST.get("code", "").strip() if request.method == "POST" else ""
    is_often = bool(typed) and not limits.allow(scope="coupon", key=f"user:{member(request).pk}", rate=TRIES)
    page = _page(request, product_id, is_gift=is_gift, code="" if is_often else typed)
    if request.method != "POST":
        return _show(request, page, CheckoutForm(ways=page.ways, initial=_typed_before(page)))
    form = CheckoutForm(request.POST, ways=page.ways)
    is_valid = form.is_valid()
    if is_often or page.refusal:
        form.refuse("often" if is_often else page.refusal)
    is_dearer = _is_dearer(request, page)
    if is_valid and not form.errors and not is_dearer and request.POST.get("act") != "apply":
        return _buy(request, page, form)
    return _show(request, page, form, status=429 if is_often else 200, is_dearer=is_dearer)


def _is_dearer(request: HttpRequest, page: queries.CheckoutPage) -> bool:
    # The button named an amount; nobody is sent to pay more than that.
    seen = number_in(request.POST.get("seen", ""))
    return seen is not None and seen < page.summary["total"]


def _page(request: HttpRequest, product_id: int, *, is_gift: bool, code: str) -> queries.CheckoutPage:
    viewer = member(request)
    page = queries.checkout_page(product_id=product_id, viewer=viewer, is_gift=is_gift, code=code)
    if page is not None and request.method != "POST" and page.waiting and hasattr(page.waiting, "coupon_use"):
        kept = page.waiting.coupon_use.code.code
        page = queries.checkout_page(product_id=product_id, viewer=viewer, is_gift=is_gift, code=kept)
    if page is None:
        raise Http404
    return page


def _typed_before(page: queries.CheckoutPage) -> dict[str, str]:
    gift = getattr(page.waiting, "gift", None) if page.waiting else None
    wish = {"recipient": gift.recipient, "message": gift.message} if gift else {}
    return {"code": page.code, "way": page.tried, **wish}


def _buy(request: HttpRequest, page: queries.CheckoutPage, form: CheckoutForm) -> HttpResponse:
    said = form.cleaned_data
    way = said["way"]
    wish = operations.GiftWish(recipient=said["recipient"], message=said["message"]) if page.is_gift else None
    try:
        order, payment = operations.check_out(
            buyer=member(request),
            product_ids=[page.product.pk],
            provider=way.provider.name if way else "",
            is_recurring=way is not None and way.is_recurring,
            code=said["code"],
            gift=wish,
            is_phone=is_phone(request),
            payer_address=client_address(request),
        )
    except operations.CouponRefused as refused:
        form.refuse(refused.why)
        return _show(request, page, form, status=409)
    except (operations.AlreadyOwned, operations.NotForThem):
        return redirect("payments:checkout", page.product.pk)
    except operations.NotOnSale as gone:
        raise Http404 from gone
    except operations.NoWayToPay:
        return _show(request, page, form, status=503)
    return SeeOther(_next_step(order, payment))


def _next_step(order: Order, payment: Payment | None) -> str:
    at_provider = payment is not None and operations.is_open(payment)
    return payment.checkout_url if payment and at_provider else order.get_absolute_url()


def _show(
    request: HttpRequest,
    page: queries.CheckoutPage,
    form: CheckoutForm,
    *,
    status: int = 200,
    is_dearer: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "order": page.summary, "form": form, "is_dearer": is_dearer}
    response = render(request, "payments/checkout.html", context, status=status)
    response.headers["Content-Security-Policy"] = policy(form_actions=page.form_actions)
    return response
