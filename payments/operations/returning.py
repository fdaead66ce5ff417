"""Refunds on their way to the provider: sent with a stored key, refused, and sent once more."""

import logging
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core import audit
from payments import providers
from payments.models import Refund
from payments.rules import RefundState

from . import moving, paying, refunding
from .retrying import retried

logger = logging.getLogger(__name__)


class NotSettled(Exception):
    """The provider has not given the money back yet; the outbox asks again with the same key."""


def send_refund(*, refund_id: int) -> None:
    """
    Ask the provider to give the money back; harmless when repeated.

    :raises Unreachable: if no answer came.
    :raises NotSettled: if it is not done yet.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundState.DUE or providers.by_name(refund.payment.provider).is_by_hand:
        return
    try:
        returned = _ask_for(refund)
    except providers.Refused as refused:
        logger.error("refund %s was refused: %s", refund.pk, refused)  # noqa: TRY400 - the refusal is all there is to say
        finish(refund_id, RefundState.REFUSED, key=refund.idempotency_key)
        # It may be too much because somebody gave a part back there by hand, or a bank took it; then less is right.
        paying.ask(payment=refund.payment)
        return
    if not returned.is_settled:
        raise NotSettled(refund.pk)
    finish(refund_id, RefundState.DONE, key=refund.idempotency_key, provider_id=returned.provider_id)


@retried
def retry_refund(*, refund: Refund, by: User) -> Refund:
    """Send a refused refund once more, as a new request to the provider; on record."""
    payment = moving.lock_payment(refund.payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    refunding.send_anew(refund)
    audit.record(by=by, act="payments.retry_refund", subject=f"order:{payment.order_id}", after={"refund": refund.pk})
    return refund


def _ask_for(refund: Refund) -> providers.Returned:
    payment = refund.payment
    return providers.by_name(payment.provider).refund(
        provider_id=payment.provider_id or "",
        amount=refund.amount_minor,
        currency=refund.currency,
        key=str(refund.idempotency_key),
        reason=refund.cause,
    )


@retried
def finish(refund_id: int, to: RefundState, *, key: UUID | None = None, provider_id: str = "") -> None:
    """Write down how the sending of a refund ended; one that ended meanwhile, or was sent anew with another key than ``key``, stays as it is."""
    payment = moving.lock_payment(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    if key not in {None, refund.idempotency_key}:
        return
    refund.provider_id = provider_id
    # A chargeback may have settled it while we were asking.
    if refund.state != RefundState.DUE:
        refund.save(update_fields=["provider_id"])
    elif to == RefundState.DONE:
        refunding.settle(refund)
    else:
        moving.move_refund(refund, to)
        # The question why is asked at once; should nobody live to hear the answer, it is asked again.
        payment.ask_at = timezone.now()
        payment.save(update_fields=["ask_at"])
