"""Attempts to pay: begun by the buyer, finished by what the provider says, asked about when it says nothing."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from payments import providers, queries, rules
from payments.models import Order, Payment
from payments.rules import OrderState, PaymentState

from . import moving
from .arriving import take_in
from .retrying import retried

logger = logging.getLogger(__name__)

ASKED_FOR = timedelta(days=2)
"""For how long after its beginning a provider is asked about a payment that it says nothing of."""

_PATIENCE = timedelta(seconds=2)


class NotPayable(Exception):
    """The order does not wait for money."""


def start_payment(
    *, order: Order, provider: str, is_phone: bool = False, is_recurring: bool = False, payer_address: str = ""
) -> Payment:
    """
    Give the order's attempt at ``provider``, with the place to send the buyer to when the provider has answered.

    A second call finds the first one's attempt; choosing another provider, another device, or another answer to whether it
    renews itself, gives that one up.
    Calls the provider. ``payer_address`` is handed on to those that ask for it and not kept.

    :raises NotPayable: if the order does not wait for money.
    :raises NotConfigured: if there is no such provider here.
    """
    chosen = providers.by_name(provider)
    payment = _attempt(order, chosen, is_phone=is_phone, is_recurring=is_recurring)
    return _open(payment, payer_address=payer_address) if payment.state in rules.WITHOUT_ANSWER else payment


def ask(*, payment: Payment) -> None:
    """Ask the provider how a payment stands and take that in; without an answer nothing changes. Calls the provider."""
    if payment.provider_id is None:
        _open(payment)
        return
    try:
        seen = providers.by_name(payment.provider).fetch(provider_id=payment.provider_id)
    except (providers.Unreachable, providers.Refused, providers.NotUnderstood, providers.NotConfigured) as failed:
        logger.warning("payment %s: asked in vain: %r", payment.pk, failed)
        return
    if seen is not None:
        take_in(payment=payment, seen=seen, cause="asked", is_asked=True)


def ask_about(*, order: Order) -> None:
    """Ask about an order that waits for its money, unless that was done a moment ago; for the page that a buyer returns to."""
    if order.state == OrderState.PLACED:
        for payment in _claim(Payment.objects.filter(order=order, state__in=rules.ALIVE), unless_within=_PATIENCE):
            ask(payment=payment)


def ask_again(*, limit: int = 20) -> int:
    """Ask about the payments whose time has come; return how many there were."""
    due = Payment.objects.filter(ask_at__lte=timezone.now()).order_by("ask_at", "pk")
    claimed = _claim(due, limit=limit)
    for payment in claimed:
        ask(payment=payment)
    return len(claimed)


@retried
def _attempt(order: Order, provider: providers.Provider, *, is_phone: bool, is_recurring: bool) -> Payment:
    order = moving.lock_order(order.pk)
    now = timezone.now()
    if order.state != OrderState.PLACED or order.expires_at <= now:
        raise NotPayable
    alive = order.payments.select_for_update().filter(state__in=rules.ALIVE).first()
    if alive is not None and _still_serves(alive, order, provider, is_phone=is_phone, is_recurring=is_recurring):
        return alive
    moving.abandon_attempts(order, cause="other_attempt")
    if provider.is_by_hand:
        order.expires_at = max(order.expires_at, now + rules.TRANSFER_WAITS)
        order.save(update_fields=["expires_at"])
    return Payment.objects.create(
        order=order,
        provider=provider.name,
        account=provider.account,
        amount_minor=order.total_minor,
        currency=order.currency,
        is_phone=is_phone,
        is_recurring=is_recurring,
        ask_at=None if provider.is_by_hand else now + rules.next_question(asked=0),
    )


def _still_serves(
    alive: Payment, order: Order, provider: providers.Provider, *, is_phone: bool, is_recurring: bool
) -> bool:
    until = rules.checkout_until(started_at=alive.started_at, expires_at=order.expires_at)
    is_over = not provider.is_by_hand and until <= timezone.now()
    is_asked_alike = (alive.is_phone, alive.is_recurring) == (is_phone, is_recurring)
    return alive.provider == provider.name and is_asked_alike and not is_over


def _open(payment: Payment, *, payer_address: str = "") -> Payment:
    try:
        checkout = providers.by_name(payment.provider).create_checkout(_wanted(payment, payer_address))
    except providers.Refused as refused:
        logger.error("payment %s was refused: %s", payment.pk, refused)  # noqa: TRY400 - the refusal is all there is to say
        return _note(payment, to=PaymentState.REFUSED)
    except (providers.Unreachable, providers.NotUnderstood, providers.NotConfigured) as failed:
        logger.warning("payment %s: no answer: %r", payment.pk, failed)
        return _note(payment, to=PaymentState.UNKNOWN)
    return _note(payment, to=PaymentState.OPEN, checkout=checkout)


def _wanted(payment: Payment, payer_address: str) -> providers.Wanted:
    order = payment.order
    return providers.Wanted(
        key=str(payment.idempotency_key),
        reference=order.reference,
        amount=payment.amount_minor,
        currency=payment.currency,
        description=" · ".join(order.lines.order_by("pk").values_list("title", flat=True)),
        return_url=settings.SITE_URL + order.get_absolute_url(),
        webhook_url=settings.SITE_URL + reverse("payments:webhook", args=[payment.provider]),
        expires_at=rules.checkout_until(started_at=payment.started_at, expires_at=order.expires_at),
        is_phone=payment.is_phone,
        payer_address=payer_address,
        renewal=_renewal(order) if payment.is_recurring else None,
    )


def _renewal(order: Order) -> providers.Renewal:
    line = order.lines.select_related("product").get()
    return providers.Renewal(period=line.product.period, amount=queries.lasting_price(line))


@retried
def _note(payment: Payment, *, to: PaymentState, checkout: providers.Checkout | None = None) -> Payment:
    payment = moving.lock_payment(payment.pk)
    if checkout is not None and payment.provider_id is None:
        # Kept even for an attempt that was given up meanwhile: money that comes for it must find it.
        payment.provider_id, payment.checkout_url, payment.qr = checkout.provider_id, checkout.url, checkout.qr
        payment.save(update_fields=["provider_id", "checkout_url", "qr"])
    if to == PaymentState.REFUSED:
        payment.ask_at = None
        payment.save(update_fields=["ask_at"])
    # Two clicks ask with the same key and get the same answer; the second has nothing left to say.
    if to in rules.PAYMENT_EDGES[payment.state]:
        moving.move_payment(payment, to, cause="provider")
    return payment


@transaction.atomic
def _claim(payments: QuerySet[Payment], *, limit: int = 20, unless_within: timedelta = timedelta()) -> list[Payment]:
    now = timezone.now()
    claimed = []
    for payment in payments.select_for_update(skip_locked=True, of=("self",)).select_related("order")[:limit]:
        if payment.asked_at is not None and payment.asked_at > now - unless_within:
            continue
        payment.asked_at = now
        payment.ask_at = now + rules.next_question(asked=payment.asked)
        if payment.ask_at > payment.started_at + ASKED_FOR:
            payment.ask_at = None
        payment.asked += 1
        payment.save(update_fields=["asked", "asked_at", "ask_at"])
        claimed.append(payment)
    return claimed
