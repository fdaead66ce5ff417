"""Bundles, and the link of a gift."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from payments import operations, queries

from . import member


@require_safe
def bundle(request: HttpRequest, slug: str) -> HttpResponse:
    """Several things at one price; what the viewer has of them is taken off. Open to everybody."""
    page = queries.bundle_page(slug=slug, viewer=request.user)
    if page is None:
        raise Http404
    return render(request, "payments/bundle.html", {"page": page})


@require_safe
def gift(request: HttpRequest, token: str) -> HttpResponse:
    """What was given, by whom, with which words; open to whoever holds the link."""
    return _show(request, token)


@login_required
@require_POST
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """Take a gift."""
    page = queries.gift_page(token=token, viewer=request.user)
    if page is None:
        raise Http404
    try:
        operations.claim_gift(gift=page.gift, by=member(request))
    except operations.GiftGone:
        return _show(request, token, status=409)
    except operations.AlreadyOwned:
        return _show(request, token, status=409, is_owned=True)
    except operations.NotForThem as refused:
        return _show(request, token, status=409, objection=str(refused))
    return redirect("payments:gift", token)


def _show(
    request: HttpRequest, token: str, *, status: int = 200, is_owned: bool = False, objection: str = ""
) -> HttpResponse:
    page = queries.gift_page(token=token, viewer=request.user)
    if page is None:
        raise Http404
    context = {"page": page, "is_owned": is_owned, "objection": objection}
    response = render(request, "payments/gift.html", context, status=status)
    # The address is the key to it: it must not travel to another place in a header. Told to send none at all, browsers
    # give forms the origin "null", which the check of forms refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
