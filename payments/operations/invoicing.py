"""The queue of invoices that buyers asked for."""

from django.utils import timezone

from accounts.models import User
from core import audit, events
from payments.events import InvoiceIssued
from payments.models import InvoiceRequest, Order
from payments.rules import OrderState

from . import moving
from .retrying import retried


class NoInvoice(Exception):
    """There is none for this order: it is not the asker's, was not paid for, or has one already."""


@retried
def ask_for_invoice(*, order: Order, by: User, kind: str, title: str, tax_number: str = "") -> InvoiceRequest:
    """
    Put an order into the queue; asking again changes what is to stand on it, until it is issued.

    :raises NoInvoice: if there can be none.
    """
    order = moving.lock_order(order.pk)
    if order.buyer_id != by.pk or order.state != OrderState.PAID or order.total_minor == order.refunded_minor:
        raise NoInvoice
    wanted = {"kind": kind, "title": title, "tax_number": tax_number, "refused_at": None, "reason": ""}
    request = InvoiceRequest.objects.select_for_update().filter(order=order).first()
    if request is not None and request.issued_at is not None:
        raise NoInvoice
    request, _ = InvoiceRequest.objects.update_or_create(order=order, defaults=wanted)
    return request


@retried
def note_invoice(*, request: InvoiceRequest, number: str, by: User) -> None:
    """
    Note that an invoice was issued, on record; its buyer is told.

    :raises NoInvoice: if that was done before.
    """
    request = _waiting(request)
    request.issued_at, request.number, request.by = timezone.now(), number, by
    request.save(update_fields=["issued_at", "number", "by"])
    audit.record(by=by, act="payments.invoice", subject=f"order:{request.order_id}", after={"number": number})
    fact = InvoiceIssued(order_id=request.order_id, buyer_id=request.order.buyer_id)
    events.publish(fact, by=by, subject=f"order:{request.order_id}")


@retried
def refuse_invoice(*, request: InvoiceRequest, reason: str, by: User) -> None:
    """
    Say no to a request, with the reason that its buyer reads; they can ask again.

    :raises NoInvoice: if it was decided before.
    """
    request = _waiting(request)
    request.refused_at, request.reason, request.by = timezone.now(), reason, by
    request.save(update_fields=["refused_at", "reason", "by"])
    audit.record(by=by, act="payments.refuse_invoice", subject=f"order:{request.order_id}", reason=reason)


def _waiting(request: InvoiceRequest) -> InvoiceRequest:
    found = InvoiceRequest.objects.select_for_update(of=("self",)).select_related("order").get(pk=request.pk)
    if found.issued_at is not None or found.refused_at is not None:
        raise NoInvoice
    return found
