"""The sweeps: entitlements whose time comes are looked at, their holders reminded, and those that are over ended."""

import logging

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core import events
from payments import providers, rules
from payments.enums import EndCause
from payments.events import MembershipRunsOut
from payments.models import Entitlement, Subscription

from . import renewing
from .granting import end_entitlement
from .retrying import retried

logger = logging.getLogger(__name__)


def look_after_entitlements(*, limit: int = 200) -> int:
    """
    Do what is due for entitlements: remind before a membership runs out, end what is over; return how many were looked at.

    After a long stop each is reminded once, of the last stage alone.
    """
    now = timezone.now()
    due = Entitlement.objects.filter(ended_at__isnull=True, due_at__lte=now).order_by("due_at")
    rows = list(due.values_list("pk", "ends_at")[:limit])
    for pk, ends_at in rows:
        if ends_at is not None and ends_at <= now:
            _ask_about(pk)
    return sum(_look_at(pk) for pk, _ in rows)


def end_what_is_over(*, limit: int = 200) -> int:
    """
    End what is over and what no provider renews; return how many were ended.

    Whoever's time is over has pages open that still hear what is new. They are not kept waiting for a provider's answer
    about others, as in ``look_after_entitlements``.
    """
    now = timezone.now()
    renewed = Subscription.objects.living().filter(payments__order__lines__entitlements=OuterRef("pk"))
    over = Entitlement.objects.filter(~Exists(renewed), ended_at__isnull=True, due_at__lte=now, ends_at__lte=now)
    rows = list(over.order_by("due_at").values_list("pk", flat=True)[:limit])
    return sum(_look_at(pk) for pk in rows)


def _ask_about(pk: int) -> None:
    """Before a door closes whose membership renews itself: it may be paid for, and nobody told us."""
    living = Subscription.objects.living().filter(payments__order__lines__entitlements=pk)
    for subscription in living.distinct():
        try:
            renewing.catch_up(subscription=subscription)
        except (providers.Unreachable, providers.Refused, providers.NotUnderstood, providers.NotConfigured) as failed:
            logger.warning("subscription %s: asked in vain: %r", subscription.pk, failed)


@retried
def _look_at(pk: int) -> bool:
    now = timezone.now()
    due = Entitlement.objects.select_for_update(skip_locked=True).filter(pk=pk, ended_at__isnull=True, due_at__lte=now)
    entitlement = due.first()
    if entitlement is None:
        return False
    if entitlement.ends_at is not None and entitlement.ends_at <= now:
        end_entitlement(entitlement=entitlement, cause=EndCause.EXPIRED)
        return True
    _remind(entitlement)
    entitlement.due_at = rules.next_look(runs_until=entitlement.runs_until, ends_at=entitlement.ends_at, after=now)
    entitlement.save(update_fields=["due_at"])
    return True


def _remind(entitlement: Entitlement) -> None:
    if entitlement.runs_until is None or _is_followed(entitlement) or _goes_on(entitlement):
        return
    days = rules.days_before(runs_until=entitlement.runs_until, now=timezone.now())
    fact = MembershipRunsOut(entitlement_id=entitlement.pk, user_id=entitlement.user_id, days=days)
    events.publish(fact, subject=entitlement.key)


def _goes_on(entitlement: Entitlement) -> bool:
    renewing_itself = Subscription.objects.going_on().filter(user=entitlement.user_id)
    return renewing_itself.filter(product__tier__key=entitlement.key).exists()


def _is_followed(entitlement: Entitlement) -> bool:
    later = Q(ends_at__isnull=True) | Q(ends_at__gt=entitlement.ends_at)
    others = Entitlement.objects.not_over().filter(later, user=entitlement.user_id, key=entitlement.key)
    return others.exclude(pk=entitlement.pk).exists()
