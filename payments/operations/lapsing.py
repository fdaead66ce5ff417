"""The sweep: entitlements whose time comes are looked at, their holders reminded, and those that are over ended."""

from django.db.models import Q
from django.utils import timezone

from core import events
from payments import rules
from payments.enums import EndCause
from payments.events import MembershipRunsOut
from payments.models import Entitlement

from .granting import end_entitlement
from .retrying import retried


def look_after_entitlements(*, limit: int = 200) -> int:
    """
    Do what is due for entitlements: remind before a membership runs out, end what is over; return how many were looked at.

    After a long stop each is reminded once, of the last stage alone.
    """
    due = Entitlement.objects.filter(ended_at__isnull=True, due_at__lte=timezone.now()).order_by("due_at")
    return sum(_look_at(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


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
    if entitlement.runs_until is None or _is_followed(entitlement):
        return
    days = rules.days_before(runs_until=entitlement.runs_until, now=timezone.now())
    fact = MembershipRunsOut(entitlement_id=entitlement.pk, user_id=entitlement.user_id, days=days)
    events.publish(fact, subject=entitlement.key)


def _is_followed(entitlement: Entitlement) -> bool:
    later = Q(ends_at__isnull=True) | Q(ends_at__gt=entitlement.ends_at)
    others = Entitlement.objects.not_over().filter(later, user=entitlement.user_id, key=entitlement.key)
    return others.exclude(pk=entitlement.pk).exists()
