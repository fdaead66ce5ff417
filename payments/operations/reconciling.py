"""Every day: what a provider says it took and gave back, held against our books; whatever differs is an alert."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core import audit
from payments import providers
from payments.enums import Difference
from payments.models import Discrepancy, Payment, Subscription
from payments.providers import Listed, Provider
from payments.rules import RefundState

from . import bookkeeping, moving, paying, refunding, renewing
from .retrying import retried

logger = logging.getLogger(__name__)

_CLOCKS_DIFFER = timedelta(hours=1)


def reconcile(*, provider: str, day: date) -> int:
    """
    Compare a provider's list of ``day`` with our books and return how many differences are open; again is harmless.

    A payment that was taken and that nobody told us of is asked about and so taken in; fees are booked as the list says.
    Calls the provider.

    :raises Unreachable: if there is no list to be had now.
    """
    known = providers.by_name(provider)
    if known.is_by_hand:
        return 0
    told = _by_payment(known, known.listed(day))
    for listed, payment in told:
        if payment is None and listed.subscription:
            _compare_renewal(known, day, listed)
        else:
            _compare(known, day, listed, payment)
    heard = {payment.pk for listed, _ in told if (payment := _payment(known, listed)) is not None}
    for payment in _ours(known, day, apart_from=heard):
        _look_for(known, day, payment)
    return Discrepancy.objects.filter(provider=provider, day=day, settled_at__isnull=True).count()


def closed_days(provider: Provider, *, count: int) -> list[date]:
    """The last ``count`` days that are over where ``provider`` keeps its list, the latest first."""
    today = timezone.now().astimezone(ZoneInfo(provider.time_zone)).date()
    return [today - timedelta(days=back) for back in range(1, count + 1)]


@retried
def settle_discrepancy(*, discrepancy: Discrepancy, by: User) -> Discrepancy:
    """Say that a difference was looked into, on record; again changes nothing."""
    found = Discrepancy.objects.select_for_update().get(pk=discrepancy.pk)
    if found.settled_at is None:
        found.settled_at, found.by = timezone.now(), by
        found.save(update_fields=["settled_at", "by"])
        audit.record(by=by, act="payments.settle_discrepancy", subject=f"discrepancy:{found.pk}")
    return found


def _by_payment(provider: Provider, lines: Iterable[Listed]) -> list[tuple[Listed, Payment | None]]:
    """The lines of one payment as one line, with that payment; None where it is not ours."""
    sums: dict[tuple[str, str], Listed] = {}
    for line in lines:
        before = sums.get((line.provider_id, line.key))
        sums[line.provider_id, line.key] = line if before is None else _added(before, line)
    return [(line, _payment(provider, line)) for line in sums.values()]


def _added(one: Listed, other: Listed) -> Listed:
    return Listed(
        reference=one.reference or other.reference,
        currency=one.currency,
        provider_id=one.provider_id,
        key=one.key,
        captured=one.captured + other.captured,
        returned=one.returned + other.returned,
        fee=one.fee + other.fee,
        subscription=one.subscription or other.subscription,
    )


def _learned(provider: Provider, line: Listed) -> Payment | None:
    """The payment of a line; a renewal that is not in our books is asked about by its subscription."""
    known = _payment(provider, line)
    subscription = Subscription.objects.filter(provider=provider.name, provider_id=line.subscription).first()
    if known is not None or subscription is None:
        return known
    renewing.catch_up(subscription=subscription)
    return _payment(provider, line)


def _payment(provider: Provider, line: Listed) -> Payment | None:
    wanted = Q(provider_id=line.provider_id) if line.provider_id else Q(idempotency_key=line.key)
    return Payment.objects.select_related("order").filter(wanted, provider=provider.name).first()


def _compare_renewal(provider: Provider, day: date, line: Listed) -> None:
    payment = _learned(provider, line)
    if payment is not None and line.captured:
        is_settled = payment.captured_minor == line.captured
        _raise(provider, day, Difference.UNHEARD, line, payment, ours=0, theirs=line.captured, is_settled=is_settled)
    _compare(provider, day, line, payment)


def _compare(provider: Provider, day: date, line: Listed, payment: Payment | None) -> None:
    if payment is None:
        _raise(provider, day, Difference.UNKNOWN, line, None, ours=0, theirs=line.captured or line.returned)
        return
    if line.captured and not payment.captured_minor:
        paying.ask(payment=payment)
        payment.refresh_from_db()
        _raise(
            provider, day, Difference.UNHEARD, line, payment, ours=0, theirs=line.captured,
            is_settled=payment.captured_minor == line.captured,
        )  # fmt: skip
    elif line.captured and (line.captured, line.currency) != (payment.captured_minor, payment.captured_currency):
        _raise(provider, day, Difference.AMOUNT, line, payment, ours=payment.captured_minor, theirs=line.captured)
    if line.captured == payment.captured_minor and line.fee != payment.fee_minor:
        _book_fee(payment.pk, line.fee)
    _compare_returned(provider, day, line, payment)


def _compare_returned(provider: Provider, day: date, line: Listed, payment: Payment) -> None:
    """More must not have gone back than was decided here; what did was given back there by hand."""
    theirs = _before(provider, day, payment) + line.returned if line.returned else 0
    if theirs > _sent(payment):
        if provider.tells_returned:
            paying.ask(payment=payment)
        else:
            _believe(payment.pk, returned=theirs)
    if (ours := _sent(payment)) < theirs:
        _raise(provider, day, Difference.RETURNED, line, payment, ours=ours, theirs=theirs)


def _sent(payment: Payment) -> int:
    """What went back of ``payment``, or is on its way."""
    sent = payment.refunds.exclude(state=RefundState.REFUSED)
    return sum(sent.values_list("amount_minor", flat=True))


def _before(provider: Provider, day: date, payment: Payment) -> int:
    """What had gone back before ``day`` and cannot stand in its list; near midnight two clocks may not agree on the day."""
    gone = payment.refunds.filter(settled_at__lt=_start(provider, day) - _CLOCKS_DIFFER)
    return sum(gone.values_list("amount_minor", flat=True))


@retried
def _believe(payment_id: int, *, returned: int) -> None:
    refunding.hear_of(payment=moving.lock_payment(payment_id), refunded=returned)


def _start(provider: Provider, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(provider.time_zone))


def _ours(provider: Provider, day: date, *, apart_from: set[int]) -> list[Payment]:
    start = _start(provider, day)
    heard = Payment.objects.filter(provider=provider.name, paid_at__gte=start, paid_at__lt=start + timedelta(days=1))
    return list(heard.exclude(pk__in=apart_from).select_related("order"))


def _look_for(provider: Provider, day: date, payment: Payment) -> None:
    """Look for what stands in another day's list: we may have heard of it only after midnight."""
    seen = provider.fetch(provider_id=payment.provider_id or "")
    if seen is not None and seen.took_money and seen.amount == payment.captured_minor:
        return
    line = Listed(reference=payment.order.reference, currency=payment.currency, provider_id=payment.provider_id or "")
    theirs = seen.amount if seen is not None and seen.took_money else 0
    _raise(provider, day, Difference.MISSING, line, payment, ours=payment.captured_minor, theirs=theirs)


@retried
def _book_fee(payment_id: int, fee: int) -> None:
    payment = moving.lock_payment(payment_id)
    if payment.fee_minor != fee and payment.captured_minor:
        bookkeeping.book_fee(payment=payment, fee=fee)
        payment.fee_minor = fee
        payment.save(update_fields=["fee_minor"])


def _raise(
    provider: Provider, day: date, kind: Difference, line: Listed, payment: Payment | None, *, ours: int, theirs: int,
    is_settled: bool = False,
) -> None:  # fmt: skip
    told = {
        "payment": payment,
        "ours_minor": ours,
        "theirs_minor": theirs,
        "currency": line.currency,
        "settled_at": timezone.now() if is_settled else None,
    }
    _, is_new = Discrepancy.objects.get_or_create(
        provider=provider.name, day=day, kind=kind, number=line.provider_id or line.key, defaults=told
    )
    if is_new:
        logger.error("%s %s: %s, ours %s, theirs %s", provider.name, day, kind, ours, theirs)
