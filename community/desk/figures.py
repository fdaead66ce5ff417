"""What the front page of the desk counts; each figure is one query, asked only for whoever may open the list behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from community.opening.queries import checklist
from core.events.models import DeadLetter, OutboxMessage
from core.text import joined
from core.ui.formats import money
from forum.models import Flag
from insights.queries import rising_topics
from payments.models import Discrepancy, Order, Payout
from payments.rules import PayoutState
from recsys.models import TrainedModel
from recsys.queries import trouble

TO_BE_PAID = (PayoutState.ASKED.value, PayoutState.APPROVED.value)
"""The payouts for which somebody at the desk has to do the next step."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number, what it counts, and the list of what was counted; ``waits`` when somebody should look."""

    code: str
    label: str
    value: str
    note: str = ""
    url: str
    waits: bool = False


def figures(*, viewer: Any, as_of: datetime | None = None) -> list[Figure]:
    """What ``viewer`` may know of today and of what waits; a day begins at midnight where they are."""
    midnight = timezone.localtime(as_of).replace(hour=0, minute=0, second=0, microsecond=0)
    return list(_figures(viewer, midnight))


def steps_left(*, viewer: Any) -> int:
    """How many of the first steps the owner has still before them."""
    return sum(not step.is_done for step in checklist()) if viewer.is_superuser else 0


def _figures(viewer: Any, midnight: datetime) -> Iterator[Figure]:
    if viewer.has_perm("accounts.view_user"):
        yield _sign_ups(midnight)
    if viewer.has_perm("payments.view_order"):
        yield _sales(midnight)
    if viewer.has_perm("payments.view_payout"):
        yield _payouts()
    if viewer.has_perm("payments.view_discrepancy"):
        yield _discrepancies()
    if viewer.has_perm("forum.view_flag"):
        yield _reports()
    if viewer.has_perm("events.view_outboxmessage"):
        yield _failed_jobs()
    if viewer.has_perm("events.view_deadletter"):
        yield _dead_letters()
    if viewer.is_superuser:
        yield _rising()
    if viewer.has_perm("recsys.view_trainedmodel"):
        yield _trainings(midnight)


def _sign_ups(midnight: datetime) -> Figure:
    count = User.objects.filter(joined_at__gte=midnight).count()
    url = _list("accounts_user", joined_at__gte=midnight.isoformat())
    return Figure(code="sign-ups", label=_("Joined today"), value=str(count), url=url)


def _sales(midnight: datetime) -> Figure:
    paid = Order.objects.filter(paid_at__gte=midnight).values("currency").order_by("currency")
    sums = list(paid.annotate(total=Sum("total_minor"), count=Count("pk")))
    count = sum(row["count"] for row in sums)
    taken = " + ".join(money(amount=row["total"], currency=row["currency"]) for row in sums if row["total"])
    note = ngettext("%(count)d order", "%(count)d orders", count) % {"count": count}
    url = _list("payments_order", paid_at__gte=midnight.isoformat())
    return Figure(code="sales", label=_("Sold today"), value=taken or "0", note=note, url=url)


def _payouts() -> Figure:
    waiting = Payout.objects.filter(state__in=TO_BE_PAID).aggregate(
        count=Count("pk"), approved=Count("pk", filter=Q(state=PayoutState.APPROVED))
    )
    note = _("%(count)d approved, to be transferred") % {"count": waiting["approved"]} if waiting["approved"] else ""
    return Figure(
        code="payouts", label=_("Waiting payouts"), value=str(waiting["count"]), note=note,
        url=_list("payments_payout", state__in=",".join(TO_BE_PAID)), waits=waiting["count"] > 0,
    )  # fmt: skip


def _discrepancies() -> Figure:
    count = Discrepancy.objects.filter(settled_at__isnull=True).count()
    url = _list("payments_discrepancy", settled_at__isempty="1")
    note = _("our books and the provider's differ") if count else ""
    return Figure(code="discrepancies", label=_("Discrepancies"), value=str(count), note=note, url=url, waits=count > 0)


def _reports() -> Figure:
    open_flags = Flag.objects.filter(resolved_at__isnull=True)
    found = open_flags.aggregate(count=Count("pk"), posts=Count("post", distinct=True))
    note = ngettext("about %(count)d post", "about %(count)d posts", found["posts"]) % {"count": found["posts"]}
    return Figure(
        code="reports", label=_("Open reports"), value=str(found["count"]), note=note if found["count"] else "",
        url=_list("forum_flag", decision="open"), waits=found["count"] > 0,
    )  # fmt: skip


def _failed_jobs() -> Figure:
    found = OutboxMessage.objects.filter(done_at__isnull=True, attempts__gt=0).aggregate(
        dead=Count("pk", filter=Q(dead_at__isnull=False)), retried=Count("pk", filter=Q(dead_at__isnull=True))
    )
    note = _("%(count)d being tried again") % {"count": found["retried"]} if found["retried"] else ""
    return Figure(
        code="failed-jobs", label=_("Failed jobs"), value=str(found["dead"]), note=note,
        url=_list("events_outboxmessage", state="given_up"), waits=found["dead"] > 0,
    )  # fmt: skip


def _dead_letters() -> Figure:
    count = DeadLetter.objects.filter(resolved_at__isnull=True).count()
    url = _list("events_deadletter", state="open")
    return Figure(code="dead-letters", label=_("Dead letters"), value=str(count), url=url, waits=count > 0)


def _rising() -> Figure:
    rising = rising_topics()
    note = joined(one.name for one in rising[:2])
    return Figure(
        code="needs", label=_("Rising needs"), value=str(len(rising)), note=note, url=reverse("insights:needs")
    )


def _trainings(midnight: datetime) -> Figure:
    count = TrainedModel.objects.filter(trained_at__gte=midnight).count()
    found = trouble(as_of=midnight)
    return Figure(
        code="trainings", label=_("Trained today"), value=str(count), note=found or _how_the_last_one_did(),
        url=_list("recsys_trainedmodel", trained_at__gte=midnight.isoformat()), waits=bool(found),
    )  # fmt: skip


def _how_the_last_one_did() -> str:
    latest = TrainedModel.objects.order_by("-trained_at").first()
    if latest is None:
        return _("none so far")
    return _("the last one serves") if latest.put_in_service_at else _("the last one was not put in service")


def _list(name: str, **filtered: str) -> str:
    return f"{reverse(f'admin:{name}_changelist')}?{urlencode(filtered)}"
