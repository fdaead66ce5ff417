"""A creator's coupons: terms, a code that many share, batches of codes for one use each."""

import csv
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payments import operations, queries
from payments.forms import BatchForm, CouponForm
from payments.models import Coupon

from . import member

A_MOMENT = timedelta(microseconds=1)


@login_required
@require_safe
def coupons(request: HttpRequest) -> HttpResponse:
    """Every coupon of the viewer, with how often it was used."""
    return render(
        request,
        "payments/coupons.html",
        {"coupons": queries.coupons_of(creator=member(request)), "now": timezone.now()},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down terms, and a code where one is wanted."""
    posted = request.POST if request.method == "POST" else None
    form = CouponForm(posted, products=queries.sold_by(creator=member(request)))
    if form.is_valid():
        made = _make(request, form)
        if made is not None:
            messages.success(request, _("It holds from now on, or from its first day."))
            return redirect("payments:coupon", made.pk)
    return render(request, "payments/new_coupon.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_safe
def coupon(request: HttpRequest, pk: int) -> HttpResponse:
    """One coupon: its terms, its codes, how often they were used."""
    return _show(request, _mine(request, pk), BatchForm())


@login_required
@require_POST
def make_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a batch of codes for one use each."""
    found, form = _mine(request, pk), BatchForm(request.POST)
    if found.ended_at is not None or not form.is_valid():
        return _show(request, found, form, status=422)
    operations.make_codes(coupon=found, count=form.cleaned_data["count"], by=member(request))
    messages.success(request, _("The codes are made. The file holds all of them."))
    return redirect("payments:coupon", found.pk)


@login_required
@require_safe
def codes_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Every code for one use as a file, with whether it was used."""
    found = _mine(request, pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="codes-{found.pk}.csv"'
    answer.write("\ufeff")
    sheet = csv.writer(answer)
    sheet.writerow([_("Coupon code"), _("Used")])
    sheet.writerows([one.code, one.used] for one in queries.single_codes(found).iterator(chunk_size=2_000))
    return answer


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nobody use it any more."""
    found = _mine(request, pk)
    operations.end_coupon(coupon=found, by=member(request))
    messages.success(request, _("Nobody can use it any more; orders that wait with it keep their price."))
    return redirect("payments:coupon", found.pk)


def _mine(request: HttpRequest, pk: int) -> Coupon:
    return get_object_or_404(queries.coupons_of(creator=member(request)), pk=pk)


def _show(request: HttpRequest, found: Coupon, form: BatchForm, *, status: int = 200) -> HttpResponse:
    single = queries.single_codes(found)
    context = {
        "coupon": found, "form": form, "shared": queries.shared_codes(found), "single": single.count(),
        "single_used": single.filter(used__gt=0).count(), "last_day": found.ends_at - A_MOMENT if found.ends_at else None,
    }  # fmt: skip
    return render(request, "payments/coupon.html", context, status=status)


def _make(request: HttpRequest, form: CouponForm) -> Coupon | None:
    """All of it or, where somebody has the code already, nothing."""
    try:
        with transaction.atomic():
            made = operations.make_coupon(by=member(request), creator=member(request), **form.terms())
            if form.cleaned_data["code"]:
                operations.share_code(coupon=made, code=form.cleaned_data["code"])
    except IntegrityError:
        form.add_error("code", _("This code is taken. Choose another."))
        return None
    return made
