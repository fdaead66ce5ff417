"""What is printed of an order, in its reader's language: as a file to keep, and as what goes along with a letter."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.ui.formats import money
from core.web import mail

from . import queries, receipts
from .models import Order

RECEIPT = "receipt"


def receipt(page: queries.OrderPage, *, language: str) -> bytes:
    """The receipt of a paid order as a PDF, with the school's name in ``language``."""
    return receipts.draw(_receipt(page, language))


def receipt_name(page: queries.OrderPage) -> str:
    """What the file is called."""
    return f"receipt-{page.order.receipt_number}.pdf"


@mail.encloses(RECEIPT)
def enclose_receipt(reference: str, language: str) -> mail.Enclosure | None:
    """The receipt of an order for its buyer; None if it has none."""
    order = Order.objects.filter(reference=reference, receipt_number__isnull=False).select_related("buyer").first()
    page = order and queries.receipt(reference=reference, viewer=order.buyer)
    if not page:
        return None
    return mail.Enclosure(name=receipt_name(page), body=receipt(page, language=language), media_type="application/pdf")


def _receipt(page: queries.OrderPage, language: str) -> receipts.Receipt:
    order, school = page.order, mail.school(language)
    if order.paid_at is None:
        raise ValueError(f"{order.reference} was not paid")
    facts = [
        (_("From"), school["name"]), (_("For"), order.buyer.name), (_("Order number"), order.reference),
        (_("Paid on"), date_format(localtime(order.paid_at), "DATETIME_FORMAT")),
    ]  # fmt: skip
    rows = [
        receipts.Row(
            text=text, amount=money(amount=amount, currency=order.currency, decimals=True), is_strong=is_strong
        )
        for text, amount, is_strong in queries.receipt_rows(page)
    ]
    return receipts.Receipt(
        title=_("Receipt"), number=order.receipt_number or "", author=school["name"], paid_at=order.paid_at, facts=facts, rows=rows,
        note=_("This receipt says what was paid. It is not an invoice for taxes."),
        logo=school["open_logo"]() if "open_logo" in school else b"",
    )  # fmt: skip
