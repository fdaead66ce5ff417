"""Tiers: what they cost and include, and trying one."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.realtime import sending
from payments import fulfilment
from payments.enums import Cause
from payments.models import Entitlement, Inclusion, Product, Tier
from payments.queries.tiers import is_open_already

from . import periods
from .granting import announce
from .pricing import set_price
from .retrying import retried


class AlreadyTried(Exception):
    """A person tries one tier, once."""


class NoTrial(Exception):
    """This tier cannot be tried, or not by somebody who is in it."""


class NothingNew(Exception):
    """All that this tier includes is open to them already, by another one."""


@retried
def set_plan(
    *, tier: Tier, period: str, amount: int, currency: str, by: User, refund_days: int = 7, share_percent: int = 0
) -> Product:
    """Offer ``tier`` for ``period`` at ``amount`` minor units; who is in it keeps the price at which they joined."""
    return set_price(
        kind="tier", subject=f"{tier.key}:{period}", title=f"{tier.name_zh} · {tier.name_en}", amount=amount, currency=currency,
        creator=by, by=by, share_percent=share_percent, refund_days=refund_days, refund_max_progress=100, tier=tier, period=period,
    )  # fmt: skip


@retried
def include(*, tier: Tier, product: Product, by: User) -> None:
    """Let the members of ``tier`` have ``product`` without buying it, at once; on record."""
    _, is_new = Inclusion.objects.get_or_create(tier=tier, product=product)
    if is_new:
        audit.record(by=by, act="payments.include", subject=product.subject, after={"tier": tier.slug})


@retried
def exclude(*, tier: Tier, product: Product, by: User) -> None:
    """Take ``product`` out of ``tier``; its members lose it at once, open sockets too; on record."""
    gone, _ = Inclusion.objects.filter(tier=tier, product=product).delete()
    if gone:
        members = Entitlement.objects.live().filter(key=tier.key).values_list("user", flat=True).distinct()
        sending.recheck_members(user_ids=members)
        fulfilment.tell_of_exclusion(product)
        audit.record(by=by, act="payments.exclude", subject=product.subject, before={"tier": tier.slug})


@transaction.atomic
def start_trial(*, tier: Tier, user: User) -> Entitlement:
    """
    Open ``tier`` to ``user`` for its free days; nothing is to pay and nothing has to be cancelled.

    :raises NoTrial: if the tier has none, is closed, or the member is in it already.
    :raises NothingNew: if all that it includes is open to them by another tier.
    :raises AlreadyTried: if they have tried a tier before.
    """
    # What was paid for and has not begun yet counts too: free days never lie upon paid ones.
    is_in = Entitlement.objects.not_over().filter(user=user, key=tier.key).exists()
    if not tier.trial_days or tier.closed_at is not None or is_in:
        raise NoTrial
    if is_open_already(tier=tier, user=user):
        raise NothingNew
    try:
        with transaction.atomic():
            trial = Entitlement.objects.create(
                user=user, key=tier.key, cause=Cause.TRIAL, **periods.trial(tier.trial_days)
            )
    except IntegrityError as second:
        raise AlreadyTried from second
    announce(trial, by=user)
    return trial


@retried
def close_tier(*, tier: Tier, by: User) -> None:
    """Take ``tier`` off sale; who is in it stays until their time is over; on record."""
    if Tier.objects.filter(pk=tier.pk, closed_at__isnull=True).update(closed_at=timezone.now()):
        audit.record(by=by, act="payments.close_tier", subject=tier.key)
