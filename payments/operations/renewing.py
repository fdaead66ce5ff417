"""
Renewals that a provider takes by itself: each becomes an order with its payment, in our books like any other.

A message about a subscription is compared with what we know and with what the provider says when it is asked; what the
provider says is then taken in as a whole, so that messages may come in any order.
"""

import logging
import uuid
from datetime import datetime

from django.utils import timezone, translation

from payments import fulfilment, providers, rules
from payments.enums import Outcome, ReductionKind, Wish
from payments.models import Order, OrderLine, Payment, Reduction, Subscription
from payments.models.orders import RENEWAL
from payments.providers import Bill, Notice, Provider, Seen, Subscribed
from payments.queries import kept_label
from payments.rules import PaymentState

from . import moving, paying, subscribing
from .arriving import NotYetKnown, take_in
from .retrying import retried

logger = logging.getLogger(__name__)

CAUSE = "renewal"


def hear(*, provider: Provider, notice: Notice) -> Outcome:
    """
    Take in a message about a subscription. Calls the provider.

    :raises NotYetKnown: if the payment that began it is not paid yet as far as we can see.
    """
    subscription = _known(provider, notice)
    if subscription is None:
        return Outcome.PAYMENT
    refusal = _disbelief(subscription, notice)
    if refusal is not None:
        logger.warning("subscription %s: a message says %s", subscription.pk, refusal)
        return refusal
    as_of = timezone.now()
    told = provider.subscription(provider_id=subscription.provider_id)
    if told is None or not _is_confirmed(notice, told):
        logger.warning("subscription %s: the provider does not confirm a message", subscription.pk)
        return Outcome.PAYMENT
    return _take_in(provider, subscription, told, as_of)


def catch_up(*, subscription: Subscription) -> Outcome:
    """Ask the provider how a subscription stands, and take in what nobody told us of it. Calls the provider."""
    provider, as_of = providers.by_name(subscription.provider), timezone.now()
    told = provider.subscription(provider_id=subscription.provider_id)
    return Outcome.PAYMENT if told is None else _take_in(provider, subscription, told, as_of)


def tell_wish(*, subscription_id: int) -> None:
    """Tell the provider what a member wishes of their subscription; harmless when repeated. Calls the provider."""
    subscription = Subscription.objects.get(pk=subscription_id)
    wish = subscription.wish
    if wish:
        provider = providers.by_name(subscription.provider)
        try:
            provider.set_renewal(provider_id=subscription.provider_id, goes_on=wish == Wish.GO_ON)
        except providers.Refused as refused:
            # It may have ended there meanwhile; what it says next counts again.
            logger.error("subscription %s: %s was refused: %s", subscription.pk, wish, refused)  # noqa: TRY400 - the refusal is all there is to say
        subscribing.fulfil_wish(subscription=subscription, wish=wish)
    catch_up(subscription=subscription)


def end_at_provider(*, subscription_id: int) -> None:
    """End a subscription at its provider, whose money went back; harmless when repeated. Calls the provider."""
    subscription = Subscription.objects.get(pk=subscription_id)
    try:
        providers.by_name(subscription.provider).end_subscription(provider_id=subscription.provider_id)
    except providers.Refused as refused:
        logger.warning("subscription %s: not ended: %s", subscription.pk, refused)
    catch_up(subscription=subscription)
    if Subscription.objects.living().filter(pk=subscription_id).exists():
        raise NotYetKnown(subscription_id)


def _known(provider: Provider, notice: Notice) -> Subscription | None:
    """The subscription that a message is about; the payment that began it may have to be asked about first."""
    ours = Subscription.objects.filter(provider=provider.name, provider_id=notice.subscription)
    found = ours.select_related("order").first()
    begun = None if found else _begun(provider, notice)
    if begun is None:
        return found
    paying.ask(payment=begun)
    found = ours.select_related("order").first()
    if found is None and not Payment.objects.filter(pk=begun.pk, paid_at__isnull=False).exists():
        raise NotYetKnown(notice.subscription)
    return found


def _begun(provider: Provider, notice: Notice) -> Payment | None:
    key = _uuid(notice.key)
    if key is None:
        return None
    begun = Payment.objects.filter(provider=provider.name, idempotency_key=key, is_recurring=True)
    return begun.filter(order__reference=notice.reference, subscription=None).select_related("order").first()


def _disbelief(subscription: Subscription, notice: Notice) -> Outcome | None:
    order, bill, key = subscription.order, notice.bill, _uuid(notice.key)
    if notice.account != subscription.account:
        return Outcome.ACCOUNT
    if key is None or notice.reference != order.reference or not order.payments.filter(idempotency_key=key).exists():
        return Outcome.REFERENCE
    if bill is None:
        return None
    if bill.currency != subscription.currency:
        return Outcome.CURRENCY
    due = order.total_minor if bill.is_first else subscription.amount_minor
    return None if bill.amount == due else Outcome.AMOUNT


def _uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


def _is_confirmed(notice: Notice, told: Subscribed) -> bool:
    bill = notice.bill
    return bill is None or not bill.is_paid or bill in (told.first, *told.renewals)


def _take_in(provider: Provider, subscription: Subscription, told: Subscribed, as_of: datetime) -> Outcome:
    if (told.account, told.reference) != (subscription.account, subscription.order.reference):
        return Outcome.REFERENCE
    renewed = [_renew(provider, subscription, bill) for bill in told.renewals]
    is_news = subscribing.note(subscription=subscription, told=told, as_of=as_of)
    return Outcome.TAKEN if is_news or any(renewed) else Outcome.KNOWN


def _renew(provider: Provider, subscription: Subscription, bill: Bill) -> bool:
    """Give whether the money of a period was taken in now."""
    known = Payment.objects.filter(provider=provider.name, provider_id=bill.provider_id, paid_at__isnull=False)
    if known.exists():
        return False
    seen = provider.fetch(provider_id=bill.provider_id)
    return seen is not None and seen.took_money and _take_renewal(subscription.pk, seen) == Outcome.TAKEN


@retried
def _take_renewal(subscription_id: int, seen: Seen) -> Outcome:
    # Two messages about one period wait for each other here; the later one finds the order of the first.
    subscription = subscribing.lock(subscription_id)
    known = Payment.objects.filter(provider=subscription.provider, provider_id=seen.provider_id).first()
    # What is frozen on an order is in its buyer's words, and a worker speaks no language of its own.
    with translation.override(subscription.user.language):
        payment = known or _place(subscription, seen.provider_id)
    return take_in(payment=payment, seen=seen, cause=CAUSE, is_asked=True)


def _place(subscription: Subscription, number: str) -> Payment:
    """The order of one more period at the price that was frozen when it began, with the attempt that the provider made."""
    product, amount = subscription.product, subscription.amount_minor
    order = Order.objects.create(
        buyer=subscription.user,
        basket=f"{RENEWAL}{number}",
        total_minor=amount,
        currency=subscription.currency,
        expires_at=timezone.now() + rules.ORDER_LIVES,
    )
    thing, price = fulfilment.describe(product), max(amount, product.price_minor)
    line = OrderLine.objects.create(
        order=order, product=product, creator_id=product.creator_id, title=thing.title, language=thing.language, price_minor=price,
        discount_minor=price - amount, amount_minor=amount, share_percent=product.share_percent, refund_days=product.refund_days,
        refund_max_progress=product.refund_max_progress,
    )  # fmt: skip
    if line.discount_minor:
        Reduction.objects.create(
            line=line, kind=ReductionKind.KEPT, label=kept_label(), amount_minor=line.discount_minor
        )
    moving.begin_order(order, by=subscription.user, cause=CAUSE)
    payment = Payment.objects.create(
        order=order, provider=subscription.provider, account=subscription.account, amount_minor=amount, currency=subscription.currency,
        provider_id=number, is_recurring=True, subscription=subscription,
    )  # fmt: skip
    moving.move_payment(payment, PaymentState.OPEN, cause=CAUSE)
    return payment
