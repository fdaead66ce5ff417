"""What workers do for payments: send and work off what stands in the outbox, ask again, let orders expire."""

import logging

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from core.events.models import OutboxMessage
from core.events.outbox import delivers

from . import operations, providers
from .models import Subscription
from .operations.refunding import SEND
from .operations.subscribing import END, STOP, TELL
from .operations.webhooks import WORK

logger = logging.getLogger(__name__)


@delivers(WORK, called=_("Message of a provider"), goes_first=True)
def work_off(message: OutboxMessage) -> None:
    """Work off a provider's message."""
    operations.work_off(event_id=message.payload["id"])


@delivers(SEND, called=_("Refund to a provider"), goes_first=True)
def send_refund(message: OutboxMessage) -> None:
    """Send a refund to its provider."""
    operations.send_refund(refund_id=message.payload["id"])


@delivers(TELL, called=_("Wish about a subscription"), goes_first=True)
def tell_wish(message: OutboxMessage) -> None:
    """Tell a provider whether a subscription goes on."""
    operations.tell_wish(subscription_id=message.payload["id"])


@delivers(END, called=_("End of a subscription"), goes_first=True)
def end_subscription(message: OutboxMessage) -> None:
    """End a subscription at its provider."""
    operations.end_at_provider(subscription_id=message.payload["id"])


@delivers(STOP, called=_("Stop of a subscription that another membership replaced"), goes_first=True)
def stop_subscription(message: OutboxMessage) -> None:
    """Stop a subscription for which another membership was bought."""
    operations.stop_subscription(subscription=Subscription.objects.get(pk=message.payload["id"]))


@shared_task(name="payments.tasks.ask_again")
def ask_again() -> None:
    """Ask providers about payments that they have said nothing of, then let orders expire whose time is over."""
    while operations.ask_again() > 0:
        pass
    operations.expire_orders()


@shared_task(name="payments.tasks.end_what_is_over")
def end_what_is_over() -> None:
    """End what is over, so that pages that are open hear no more."""
    while operations.end_what_is_over() > 0:
        pass


@shared_task(name="payments.tasks.look_after_entitlements")
def look_after_entitlements() -> None:
    """Remind of memberships that run out, end what is over, and give back gifts that nobody claimed."""
    while operations.look_after_entitlements() > 0:
        pass
    while operations.return_gifts() > 0:
        pass


@shared_task(name="payments.tasks.reconcile_yesterday")
def reconcile_yesterday() -> None:
    """Hold the lists of the last two days against our books; one provider's silence does not keep the others waiting."""
    for provider in providers.available():
        for day in operations.closed_days(provider, count=2):
            try:
                operations.reconcile(provider=provider.name, day=day)
            except (providers.Unreachable, providers.Refused, providers.NotUnderstood):
                logger.exception("no list of %s", provider.name)
