"""Memberships: what they cost and give, and the free days."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payments import operations, providers, queries, shapes
from payments.models import Subscription, Tier

from . import member


@require_safe
def membership(request: HttpRequest) -> HttpResponse:
    """Every tier: what it gives, what it costs, and how the viewer's own stands. Open to everybody."""
    offers = queries.tier_offers(viewer=request.user)
    places = queries.places_of(offers, viewer=request.user)
    shown = [
        {
            "offer": offer, "gives": shapes.gives(offer), "plans": [shapes.plan(one) for one in offer.plans],
            "included": shapes.included(offer, places=places),
        }
        for offer in offers
    ]  # fmt: skip
    can_renew = any(provider.can_renew for provider in providers.available())
    return render(request, "payments/membership.html", {"tiers": shown, "can_renew": can_renew})


@login_required
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Let what is paid for be the last period of a membership that renews itself."""
    subscription = get_object_or_404(Subscription.objects.visible_to(member(request)), pk=pk)
    operations.stop_subscription(subscription=subscription, by=member(request))
    messages.success(request, _("It is not renewed any more. What you have paid for stays open until its last day."))
    return redirect("payments:membership")


@login_required
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a membership renew itself again that was stopped."""
    subscription = get_object_or_404(Subscription.objects.visible_to(member(request)), pk=pk)
    try:
        operations.resume_subscription(subscription=subscription, by=member(request))
    except operations.SubscriptionOver:
        messages.warning(request, _("It has ended meanwhile. Choose a time below to join again."))
    else:
        messages.success(request, _("It renews by itself again."))
    return redirect("payments:membership")


@login_required
@require_POST
def trial(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the free days of a tier."""
    tier = get_object_or_404(Tier.objects.offered(), slug=slug)
    try:
        operations.start_trial(tier=tier, user=member(request))
    except operations.AlreadyTried:
        messages.warning(request, _("You have tried a membership before; each person can do that once."))
    except operations.NothingNew:
        messages.warning(request, _("Your membership opens all of this already, so there is nothing to try."))
    except operations.NoTrial:
        messages.warning(request, _("There is nothing to try here: you are a member, or it has no free days."))
    else:
        messages.success(request, _("It is open now. Nothing is to pay, and it ends by itself."))
    return redirect("payments:membership")
