"""
Memberships that a provider renews: begun with a payment, stopped and let go on by their member, ended by what is given back.

What is wished is written down and booked at once; the provider is told through the outbox.
"""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from core import events
from core.events import outbox
from payments import rules
from payments.enums import EndCause, Wish
from payments.events import RenewalFailed, SubscriptionBegan, SubscriptionEnded
from payments.models import Entitlement, Order, Payment, Subscription
from payments.providers import Subscribed
from payments.queries import lasting_price
from payments.rules import SubscriptionState

from . import periods
from .granting import end_entitlement
from .retrying import retried

TELL = "payments.subscription"
END = "payments.end_subscription"
STOP = "payments.stop_subscription"


class NotTheMember(Exception):
    """The subscription is somebody else's."""


class SubscriptionOver(Exception):
    """What has ended at the provider is not woken; one subscribes anew."""


def begin(*, payment: Payment, number: str) -> None:
    """
    Write down the subscription that a locked payment began; where its money goes back, it is ended before it renews.

    Another one of the same tier, and one whose renewal is owed, is given up for what was bought now.
    """
    line = payment.order.lines.select_related("product").get()
    subscription, is_new = Subscription.objects.get_or_create(
        provider=payment.provider,
        provider_id=number,
        defaults={
            "user": payment.order.buyer, "product": line.product, "order": payment.order, "account": payment.account,
            "amount_minor": lasting_price(line), "currency": payment.currency,
        },
    )  # fmt: skip
    payment.subscription = subscription
    payment.save(update_fields=["subscription"])
    if payment.counted_at is None:
        end_soon(subscription.pk)
    elif is_new:
        fact = SubscriptionBegan(subscription_id=subscription.pk, user_id=subscription.user_id)
        events.publish(fact, by=subscription.user, subject=f"subscription:{subscription.pk}")


def supersede(order: Order) -> None:
    """Let other subscriptions to what ``order`` bought not go on beside it: nobody pays twice for one membership."""
    tiers = order.lines.exclude(product__tier=None).values("product__tier")
    living = Subscription.objects.living().filter(user=order.buyer_id, product__tier__in=tiers)
    others = living.exclude(payments__order=order)
    for pk, state in list(others.values_list("pk", "state")):
        if state == SubscriptionState.LATE:
            end_soon(pk)
        else:
            outbox.enqueue(kind=STOP, key=f"stop:subscription:{pk}:{order.pk}", payload={"id": pk})


def leave(order: Order) -> None:
    """What was given back, or taken back by a bank, is not taken again: the subscription ends with its last period."""
    payment = order.payments.filter(counted_at__isnull=False, subscription__isnull=False).first()
    if payment is None or payment.subscription_id is None:
        return
    later = Payment.objects.filter(subscription=payment.subscription_id, counted_at__isnull=False, pk__gt=payment.pk)
    if not later.exists():
        end_soon(payment.subscription_id)


def end_soon(pk: int) -> None:
    """
    Have a subscription ended at its provider, through the outbox.

    Its row is not locked here: whoever holds an order must not wait for one.
    """
    outbox.enqueue(kind=END, key=f"end:subscription:{pk}", payload={"id": pk})


@retried
def stop_subscription(*, subscription: Subscription, by: User | None = None) -> Subscription:
    """
    Let what is paid for be the last period; it stays open until then. Again changes nothing.

    :raises NotTheMember: if it is not ``by``'s.
    """
    subscription = _own(subscription, by)
    if subscription.state != SubscriptionState.ENDED and subscription.cancelled_at is None:
        subscription.cancelled_at = timezone.now()
        _wish(subscription, Wish.STOP)
    return subscription


@retried
def resume_subscription(*, subscription: Subscription, by: User) -> Subscription:
    """
    Let a subscription go on that was stopped and has not ended; again changes nothing.

    :raises NotTheMember: if it is not ``by``'s.
    :raises SubscriptionOver: if it has ended.
    """
    subscription = _own(subscription, by)
    if subscription.state == SubscriptionState.ENDED:
        raise SubscriptionOver
    if subscription.cancelled_at is not None:
        subscription.cancelled_at = None
        _wish(subscription, Wish.GO_ON)
    return subscription


@retried
def note(*, subscription: Subscription, told: Subscribed, as_of: datetime) -> bool:
    """Write down how a subscription stands at its provider, asked at ``as_of``; what is known from later stays. Give whether that is news."""
    subscription = lock(subscription.pk)
    if subscription.told_at is not None and as_of < subscription.told_at:
        return False
    before = _state(subscription)
    subscription.told_at, subscription.renews_at, subscription.pay_url = as_of, told.renews_at, told.pay_url
    if not subscription.wish:
        stopped = subscription.cancelled_at or as_of
        subscription.cancelled_at = stopped if told.is_stopped else None
    _move(subscription, told.standing.value)
    subscription.save()
    _set_last_day(subscription)
    return before != _state(subscription)


@retried
def fulfil_wish(*, subscription: Subscription, wish: str) -> None:
    """The provider was told of ``wish``; one that was changed meanwhile waits for its own turn."""
    Subscription.objects.filter(pk=subscription.pk, wish=wish).update(wish=Wish.NONE)


def lock(pk: int) -> Subscription:
    """The subscription as it is now and stays until the transaction ends; locked before any order."""
    return Subscription.objects.select_for_update(of=("self",)).select_related("user", "product", "order").get(pk=pk)


def _own(subscription: Subscription, by: User | None) -> Subscription:
    found = lock(subscription.pk)
    if by is not None and found.user_id != by.pk:
        raise NotTheMember
    return found


def _wish(subscription: Subscription, wish: Wish) -> None:
    subscription.wish = wish
    subscription.save(update_fields=["wish", "cancelled_at"])
    _set_last_day(subscription)
    outbox.enqueue(kind=TELL, key=f"subscription:{subscription.pk}:{uuid.uuid4()}", payload={"id": subscription.pk})


def _state(subscription: Subscription) -> tuple[object, ...]:
    return subscription.state, subscription.cancelled_at is None


def _move(subscription: Subscription, to: str) -> None:
    before = subscription.state
    if to not in rules.SUBSCRIPTION_EDGES[before]:
        return
    subscription.state = to
    told = {"subscription_id": subscription.pk, "user_id": subscription.user_id}
    if to == SubscriptionState.ENDED:
        subscription.ended_at = timezone.now()
        events.publish(SubscriptionEnded(**told), subject=f"subscription:{subscription.pk}")
    is_final = to == SubscriptionState.ENDED and before == SubscriptionState.LATE
    if to == SubscriptionState.LATE or is_final:
        events.publish(RenewalFailed(**told, is_final=is_final), subject=f"subscription:{subscription.pk}")


def _set_last_day(subscription: Subscription) -> None:
    """Grace is for those who mean to go on: what was stopped, or has ended, closes with its last paid day."""
    periods.lock(user_id=subscription.user_id)
    held = Entitlement.objects.filter(line__order__payments__subscription=subscription, ended_at__isnull=True)
    last = held.filter(runs_until__isnull=False).order_by("-runs_until").first()
    if last is None or last.runs_until is None:
        return
    goes_on = subscription.state != SubscriptionState.ENDED and subscription.cancelled_at is None
    ends_at, now = last.runs_until + (rules.GRACE if goes_on else timedelta()), timezone.now()
    if ends_at != last.ends_at:
        last.ends_at, last.due_at = ends_at, rules.next_look(runs_until=last.runs_until, ends_at=ends_at, after=now)
        last.save(update_fields=["ends_at", "due_at"])
    if ends_at <= now:
        end_entitlement(entitlement=last, cause=EndCause.EXPIRED)
