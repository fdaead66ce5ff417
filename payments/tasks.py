"""What workers do for payments: send and work off what stands in the outbox, ask again, let orders expire."""

from celery import shared_task

from core.events.models import OutboxMessage
from core.events.outbox import delivers

from . import operations
from .operations.refunding import SEND
from .operations.webhooks import WORK


@delivers(WORK)
def work_off(message: OutboxMessage) -> None:
    """Work off a provider's message."""
    operations.work_off(event_id=message.payload["id"])


@delivers(SEND)
def send_refund(message: OutboxMessage) -> None:
    """Send a refund to its provider."""
    operations.send_refund(refund_id=message.payload["id"])


@shared_task(name="payments.tasks.ask_again")
def ask_again() -> None:
    """Ask providers about payments that they have said nothing of, then let orders expire whose time is over."""
    while operations.ask_again() > 0:
        pass
    operations.expire_orders()


@shared_task(name="payments.tasks.look_after_entitlements")
def look_after_entitlements() -> None:
    """Remind of memberships that run out, end what is over, and give back gifts that nobody claimed."""
    while operations.look_after_entitlements() > 0:
        pass
    while operations.return_gifts() > 0:
        pass
