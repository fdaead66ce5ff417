"""Orders, as their buyers see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from payments import fulfilment, rules
from payments.enums import RefundCause
from payments.models import Gift, InvoiceRequest, Order, OrderLine, Payment, Reduction, Refund
from payments.rules import OrderState, PaymentState

from .policy import RefundOffer, refund_offer
from .products import summed_up
from .subscriptions import is_of_last_period

# Money that came late, twice or in another amount was never the order's.
_OF_THE_ORDER = {RefundCause.REQUEST, RefundCause.STAFF, RefundCause.PROVIDER, RefundCause.UNCLAIMED, RefundCause.HELD}


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    """
    Everything that an order's page shows.

    ``attempt`` is the last try to pay; ``things`` are what the lines open, ``back`` what went or goes back of it;
    ``ends_renewal`` where giving it back ends a membership that renews by itself.
    """

    order: Order
    lines: list[OrderLine]
    things: list[fulfilment.Description]
    attempt: Payment | None
    back: list[Refund]
    offer: RefundOffer
    gift: Gift | None
    invoice: InvoiceRequest | None
    ends_renewal: bool
    summary: dict[str, Any]

    @property
    def is_waiting(self) -> bool:
        """Whether money may still arrive by itself, so that the page looks again."""
        return self.order.state == OrderState.PLACED and self.attempt is not None and self.attempt.state in rules.ALIVE

    @property
    def stands(self) -> str:
        """How an order that waits is shown, in short: as long as it is this, a page that looks again has nothing to change."""
        attempt = f"{self.attempt.pk}-{self.attempt.state}" if self.attempt else ""
        return f"{attempt}-{bool(self.code):d}-{self.is_mismatched:d}"

    @property
    def code(self) -> str:
        """What the buyer scans; empty where there is nothing to scan, or no more."""
        is_up = self.is_waiting and self.attempt is not None and timezone.now() < self.payable_until
        return self.attempt.qr if is_up and self.attempt is not None else ""

    @property
    def payable_until(self) -> datetime:
        """Until when the last try can be paid at its provider."""
        began = self.attempt.started_at if self.attempt is not None else self.order.placed_at
        return rules.checkout_until(started_at=began, expires_at=self.order.expires_at)

    @property
    def account_lines(self) -> list[str]:
        """Where to transfer to, where the buyer has chosen to; empty otherwise."""
        by_hand = self.is_waiting and self.attempt is not None and self.attempt.provider == "transfer"
        return [line.strip() for line in settings.TRANSFER_ACCOUNT.split("|")] if by_hand else []

    @property
    def is_declined(self) -> bool:
        """Whether the last try ended with a no, and the buyer may try once more."""
        return self.order.state == OrderState.PLACED and self.attempt_is(PaymentState.DECLINED, PaymentState.REFUSED)

    @property
    def is_mismatched(self) -> bool:
        """Whether another amount arrived than was asked for."""
        return self.order.state == OrderState.PLACED and any(refund.cause == "mismatch" for refund in self.back)

    @property
    def was_held(self) -> bool:
        """Whether the buyer had some of it already, so that its money goes back."""
        return any(refund.cause == RefundCause.HELD for refund in self.back)

    @property
    def way_to_pay(self) -> str:
        """Where the buyer goes on paying: at the provider where an attempt is open there, else at the checkout."""
        if self.attempt is not None and self.attempt.checkout_url and self.attempt.state in rules.ALIVE:
            return self.attempt.checkout_url
        return self.again

    @property
    def may_have_invoice(self) -> bool:
        """Whether the buyer can ask for an invoice, or change what stands on it."""
        is_paid = self.order.state == OrderState.PAID and self.order.refunded_minor < self.order.total_minor
        return is_paid and (self.invoice is None or self.invoice.issued_at is None)

    @property
    def gift_link(self) -> str:
        """What the giver passes on."""
        return settings.SITE_URL + self.gift.get_absolute_url() if self.gift else ""

    @property
    def again(self) -> str:
        """The checkout of the same basket."""
        address = (self.order.bundle or self.lines[0].product).get_absolute_url()
        return f"{address}?gift=1" if self.gift else address

    @property
    def goes_back(self) -> list[OrderLine]:
        """The lines that the buyer may give back now."""
        return [line for line in self.lines if line.pk in self.offer.line_ids]

    @property
    def stays(self) -> list[OrderLine]:
        """The lines that stay when the others go back."""
        return [line for line in self.lines if line.pk not in self.offer.line_ids and line.kept_minor]

    @property
    def partings(self) -> list[str]:
        """What the buyer is told of what they may give back now, beside that it closes."""
        return fulfilment.partings(line.product.kind for line in self.goes_back)

    def attempt_is(self, *states: str) -> bool:
        """Whether the last try is in one of ``states``."""
        return self.attempt is not None and self.attempt.state in states


def orders_of(user: Any) -> list[Order]:
    """The orders of ``user`` that somebody may want to look up again, the newest first, with their lines; two queries."""
    kept = Order.objects.visible_to(user).exclude(state__in=[OrderState.CANCELLED, OrderState.EXPIRED])
    return list(kept.newest_first().prefetch_related("lines")[:200])


def order_page(*, reference: str, viewer: Any) -> OrderPage | None:
    """The page of an order; None where it is not the viewer's."""
    # First the attempt, then the order: money that arrives in between makes the page say "paid", and never
    # that an attempt is over whose order still waits.
    attempt = Payment.objects.filter(order__reference=reference).order_by("-pk").first()
    order = (
        Order.objects.visible_to(viewer)
        .select_related("buyer", "bundle", "gift__claimed_by", "invoice_request")
        .filter(reference=reference)
        .first()
    )
    if order is None:
        return None
    lines = list(order.lines.select_related("product").order_by("pk"))
    return OrderPage(
        order=order,
        lines=lines,
        things=[fulfilment.described_to(order.buyer, line.product) for line in lines],
        attempt=attempt,
        back=list(Refund.objects.filter(payment__order=order).order_by("pk")),
        offer=refund_offer(order=order, viewer=viewer),
        gift=getattr(order, "gift", None),
        invoice=getattr(order, "invoice_request", None),
        ends_renewal=attempt is not None and is_of_last_period(attempt),
        summary=_summary(order, lines),
    )


def receipt(*, reference: str, viewer: Any) -> OrderPage | None:
    """What a receipt says; None where there is none, because nothing was paid or it is not the viewer's."""
    page = order_page(reference=reference, viewer=viewer)
    return page if page is not None and page.order.receipt_number else None


def receipt_rows(page: OrderPage) -> list[tuple[str, int, bool]]:
    """The table of a receipt: each line at its price, each reduction, what went back, and the total, which is strong."""
    back = [(_("Given back"), -refund.amount_minor, False) for refund in page.back if refund.cause in _OF_THE_ORDER]
    return [
        *((line["title"], line["amount"], False) for line in page.summary["lines"]),
        *((one["text"], one["amount"], False) for one in page.summary["discounts"]),
        (_("Paid"), page.order.total_minor, True),
        *back,
    ]


def _summary(order: Order, lines: list[OrderLine]) -> dict[str, Any]:
    shown = [
        {"title": line.title, "lang": line.language, "note": "", "amount": line.price_minor, "cover_url": ""}
        for line in lines
    ]
    taken_off = Reduction.objects.filter(line__order=order).order_by("pk")
    discounts = [{"text": one.label, "amount": -one.amount_minor} for one in taken_off]
    summary = summed_up(currency=order.currency, lines=shown, discounts=discounts, total=order.total_minor)
    is_over = order.state in {OrderState.CANCELLED, OrderState.EXPIRED}
    return summary | {"is_paid": order.paid_at is not None, "is_over": is_over}
