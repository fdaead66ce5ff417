"""Providers' messages: believed by their signature, kept as they came, worked off from the table."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from core.events import outbox
from payments import providers
from payments.enums import Outcome
from payments.models import Payment, Subscription, WebhookEvent
from payments.rules import WITHOUT_ANSWER

from . import renewing
from .arriving import NotYetKnown, mismatch, take_in
from .retrying import retried

logger = logging.getLogger(__name__)

WORK = "payments.webhook"


class Received(NamedTuple):
    """A message that is kept, and the body of our answer to it."""

    event_id: int
    answer: str


def receive(*, provider: str, headers: Mapping[str, str], body: bytes, at: datetime | None = None) -> Received:
    """
    Keep a provider's message; one that was kept before is answered alike.

    :raises NotConfigured: if there are no keys for this provider.
    :raises Forged: if the signature is not the provider's, or its time is off.
    :raises NotUnderstood: if it does not say which event it is.
    """
    known = providers.by_name(provider)
    event = known.verify(headers=headers, body=body, at=at or timezone.now())
    kept = _keep(provider, event, body)
    return Received(kept.pk, known.acknowledgment())


def work_off_at_once(*, event_id: int) -> None:
    """
    Work off a message that was kept a moment ago, unless somebody is at it; what goes wrong is for the workers.

    Its buyer waits at a closed door, and workers have mails to send and may have to let pages go first.
    """
    outbox.send_at_once(key=_key(event_id))


def work_off(*, event_id: int) -> Outcome:
    """
    Find the payment that a kept message is about and take in what it says; doing it again changes nothing.

    :raises NotYetKnown: if it has to be tried again.
    """
    event = WebhookEvent.objects.get(pk=event_id)
    if event.worked_at is not None:
        return Outcome(event.outcome)
    outcome = _take(event)
    WebhookEvent.objects.filter(pk=event.pk, worked_at__isnull=True).update(worked_at=timezone.now(), outcome=outcome)
    return outcome


@retried
def _keep(provider: str, event: providers.Event, body: bytes) -> WebhookEvent:
    kept, is_new = WebhookEvent.objects.get_or_create(
        provider=provider, account=event.account, event_id=event.id, defaults={"kind": event.kind, "body": body}
    )
    if is_new:
        outbox.enqueue(kind=WORK, key=_key(kept.pk), payload={"id": kept.pk})
    return kept


def _key(event_id: int) -> str:
    return f"webhook:{event_id}"


def _take(event: WebhookEvent) -> Outcome:
    provider = providers.by_name(event.provider)
    try:
        told = provider.read(bytes(event.body))
        if isinstance(told, providers.Notice):
            return renewing.hear(provider=provider, notice=told)
        is_asked = isinstance(told, providers.Hint)
        seen = provider.trace(told) if isinstance(told, providers.Hint) else told
    except providers.NotUnderstood as unreadable:
        logger.warning("message %s cannot be read: %s", event.pk, unreadable)
        return Outcome.UNREADABLE
    if seen is None:
        return Outcome.KNOWN
    payment = _payment(event, seen)
    if payment is None:
        return _without_payment(event, seen)
    if not is_asked and not provider.signs_time and mismatch(payment, seen) is None:
        seen, is_asked = _confirmed(provider, seen), True
    return take_in(payment=payment, seen=seen, cause=event.kind[:32], is_asked=is_asked)


def _payment(event: WebhookEvent, seen: providers.Seen) -> Payment | None:
    """What a message is about; a renewal that was given back may be one that we have not heard of yet."""
    known = Payment.objects.filter(provider=event.provider, provider_id=seen.provider_id)
    if known.exists() or not seen.subscription:
        return known.first()
    subscription = Subscription.objects.filter(provider=event.provider, provider_id=seen.subscription).first()
    if subscription is not None:
        renewing.catch_up(subscription=subscription)
    return known.first()


def _confirmed(provider: providers.Provider, seen: providers.Seen) -> providers.Seen:
    """What the provider says now about what its message said: how much went back is told by the message alone."""
    answer = provider.fetch(provider_id=seen.provider_id)
    if answer is None:
        raise NotYetKnown(seen.provider_id)
    return replace(answer, refunded=max(answer.refunded, seen.refunded)) if answer.took_money else answer


def _without_payment(event: WebhookEvent, seen: providers.Seen) -> Outcome:
    begun = Payment.objects.filter(
        provider=event.provider, order__reference=seen.reference, provider_id__isnull=True, state__in=WITHOUT_ANSWER
    )
    if begun.exists():
        raise NotYetKnown(event.pk)
    logger.warning("message %s is about a payment that is not ours", event.pk)
    return Outcome.PAYMENT
