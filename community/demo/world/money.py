"""Orders, payments and entitlements: the rows and entries that buying leaves behind, written in bulk."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import ledger.operations
from accounts.models import User
from core.events import Code
from ledger.rules import AccountName, Line, Posting
from payments import rules
from payments.enums import Cause
from payments.events import EntitlementGranted, GiftClaimed, OrderPaid, OrderPlaced
from payments.models import Entitlement, Gift, Order, OrderHistory, OrderLine, Payment, Product, ReceiptCounter
from payments.models.orders import GIFT
from payments.rules import OrderState, PaymentState

from .copying import copy
from .diary import Diary
from .enrolling import Learner
from .plan import Plan

PROVIDER = "sandbox"
FEE_PER_MILLE = 6
"""The fee of the sandbox, rounded as it does."""


@dataclass(frozen=True, kw_only=True)
class Present:
    """What a giver wrote on a gift, the secret of its link, and who has taken it."""

    recipient: str
    message: str
    token: str
    claimed_by: User | None = None
    claimed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Sale:
    """
    Somebody's way to a course or a seat, with its times and the chance that names its order; a present is for somebody else.

    ``called`` is what its order calls it, in the buyer's language, where the product has a name in both.
    """

    buyer: User
    product: Product
    placed_at: datetime
    paid_at: datetime
    dice: random.Random
    present: Present | None = None
    called: str = ""

    @property
    def price(self) -> int:
        """What it cost."""
        return self.product.price_minor


def sell(
    plan: Plan, learners: Mapping[str, Sequence[Learner]], diary: Diary, *, account: str, gifts: Sequence[Sale] = (),
    seats: Sequence[Sale] = (),
) -> None:  # fmt: skip
    """
    Write for every learner the order by which they got their course, and the orders of ``seats``, as paying at the sandbox would have.

    Whoever has theirs by one of ``gifts`` has not bought it.
    """
    given = {(one.present.claimed_by, one.product) for one in gifts if one.present}
    wanted = [one for row in learners.values() for one in row if (one.user, one.shelf.product) not in given]
    sales = sorted([*map(partial(_sale, plan), wanted), *gifts, *seats], key=lambda one: (one.placed_at, one.buyer.pk))
    orders = _orders(sales)
    lines = OrderLine.objects.bulk_create(_line(order, sale) for order, sale in zip(orders, sales, strict=True))
    payments = _payments(sales, orders, account)
    _history(sales, orders, payments)
    wrapped = _gifts(sales, orders)
    opened = [(line, sale) for line, sale in zip(lines, sales, strict=True) if _holder(sale)]
    granted = Entitlement.objects.bulk_create(_entitlement(line, sale) for line, sale in opened)
    _book(sales, orders, lines, payments)
    by_order = {one.line.order_id: one for one in granted if one.line}
    for sale, order in zip(sales, orders, strict=True):
        _note(sale, order, by_order.get(order.pk), wrapped.get(order.pk), diary)


def _sale(plan: Plan, learner: Learner) -> Sale:
    dice = plan.dice(f"sale:{learner.user.pk}:{learner.shelf.course.slug}")
    wait = timedelta(seconds=dice.randrange(25, 240) if learner.shelf.product.price_minor else 0)
    return Sale(
        buyer=learner.user,
        product=learner.shelf.product,
        placed_at=learner.since - wait,
        paid_at=learner.since,
        dice=dice,
    )


def _holder(sale: Sale) -> User | None:
    return sale.present.claimed_by if sale.present else sale.buyer


def _orders(sales: Sequence[Sale]) -> list[Order]:
    numbers: dict[int, int] = {}
    orders = [_order(sale) for sale in sales]
    # Receipts are numbered in the order in which money came, which is not quite that of placing.
    paid = sorted(zip(sales, orders, strict=True), key=lambda one: (one[0].paid_at, one[1].buyer_id))
    for year, order in ((sale.paid_at.year, order) for sale, order in paid):
        numbers[year] = numbers.get(year, 0) + 1
        order.receipt_number = f"{year}-{numbers[year]:06d}"
    ReceiptCounter.objects.bulk_create(ReceiptCounter(year=year, last=last) for year, last in sorted(numbers.items()))
    return Order.objects.bulk_create(orders)


def _order(sale: Sale) -> Order:
    drawn = sale.dice.choices(rules.UNMISTAKABLE, k=rules.CODE_LETTERS)
    return Order(
        reference=rules.in_groups(drawn), buyer=sale.buyer, basket=f"{GIFT if sale.present else ''}{sale.product.pk}",
        state=OrderState.PAID, total_minor=sale.price, currency=sale.product.currency, placed_at=sale.placed_at,
        expires_at=sale.placed_at + rules.ORDER_LIVES, paid_at=sale.paid_at,
    )  # fmt: skip


def _line(order: Order, sale: Sale) -> OrderLine:
    product = sale.product
    return OrderLine(
        order=order, product=product, creator_id=product.creator_id, title=sale.called or product.title,
        language=sale.buyer.language if sale.called else product.language, price_minor=sale.price, amount_minor=sale.price,
        share_percent=product.share_percent, refund_days=product.refund_days, refund_max_progress=product.refund_max_progress,
    )  # fmt: skip


def _payments(sales: Sequence[Sale], orders: Sequence[Order], account: str) -> dict[int, Payment]:
    paid = [(sale, order) for sale, order in zip(sales, orders, strict=True) if sale.price]
    rows = Payment.objects.bulk_create(_payment(sale, order, account) for sale, order in paid)
    return {row.order_id: row for row in rows}


def _payment(sale: Sale, order: Order, account: str) -> Payment:
    return Payment(
        order=order, provider=PROVIDER, account=account, state=PaymentState.PAID, amount_minor=sale.price, currency=order.currency,
        idempotency_key=uuid.UUID(int=sale.dice.getrandbits(128), version=4), provider_id=f"pay_{sale.dice.getrandbits(96):024x}",
        captured_minor=sale.price, captured_currency=order.currency, fee_minor=(sale.price * FEE_PER_MILLE + 500) // 1000,
        started_at=sale.placed_at + timedelta(seconds=3), paid_at=sale.paid_at, counted_at=sale.paid_at,
    )  # fmt: skip


def _history(sales: Sequence[Sale], orders: Sequence[Order], payments: Mapping[int, Payment]) -> None:
    rows = []
    for sale, order in zip(sales, orders, strict=True):
        buyer, payment = sale.buyer, payments.get(order.pk)
        cause = "payment.paid" if payment else "free"
        rows.append(
            OrderHistory(
                order=order, before="", after=OrderState.PLACED, cause="checkout", by=buyer, happened_at=sale.placed_at
            )
        )
        if payment is not None:
            rows += [
                OrderHistory(order=order, payment=payment, before=before, after=after, cause=why, happened_at=at)
                for before, after, why, at in (
                    (PaymentState.STARTED, PaymentState.OPEN, "provider", payment.started_at),
                    (PaymentState.OPEN, PaymentState.PAID, cause, sale.paid_at),
                )
            ]
        by = None if payment else buyer
        rows.append(
            OrderHistory(
                order=order,
                before=OrderState.PLACED,
                after=OrderState.PAID,
                cause=cause,
                by=by,
                happened_at=sale.paid_at,
            )
        )
    copy(rows)


def _gifts(sales: Sequence[Sale], orders: Sequence[Order]) -> dict[int, Gift]:
    rows = [_gift(order, sale, sale.present) for sale, order in zip(sales, orders, strict=True) if sale.present]
    return {row.order_id: row for row in Gift.objects.bulk_create(rows)}


def _gift(order: Order, sale: Sale, present: Present) -> Gift:
    return Gift(
        order=order, token=present.token, recipient=present.recipient, message=present.message, created_at=sale.placed_at,
        expires_at=sale.paid_at + rules.GIFT_LIVES, claimed_at=present.claimed_at, claimed_by=present.claimed_by,
    )  # fmt: skip


def _entitlement(line: OrderLine, sale: Sale) -> Entitlement:
    product, present = sale.product, sale.present
    at = present.claimed_at if present else sale.paid_at
    return Entitlement(
        user=_holder(sale), key=product.subject, cause=Cause.GIFT if present else Cause.PURCHASE, by=sale.buyer if present else None,
        product=product, line=line, granted_at=at, starts_at=at,
    )  # fmt: skip


def _book(
    sales: Sequence[Sale], orders: Sequence[Order], lines: Sequence[OrderLine], payments: Mapping[int, Payment]
) -> None:
    postings = [
        _posting(payments[order.pk], line, sale.paid_at)
        for sale, order, line in zip(sales, orders, lines, strict=True)
        if order.pk in payments
    ]
    ledger.operations.post_many(postings=postings)


def _posting(payment: Payment, line: OrderLine, at: datetime) -> Posting:
    unit, share = payment.captured_currency, rules.creator_share(amount=line.amount_minor, percent=line.share_percent)
    changes = (
        ("customers", PROVIDER, -payment.captured_minor),
        ("provider_fees", PROVIDER, payment.fee_minor),
        ("platform", "house", line.amount_minor - share - payment.fee_minor),
        ("creator", f"user:{line.creator_id}", share),
    )
    posted = tuple(Line(AccountName(kind, owner, unit), amount) for kind, owner, amount in changes if amount)
    return Posting(key=f"sale:payment:{payment.pk}", kind="sale", happened_at=at, lines=posted)


def _note(sale: Sale, order: Order, entitlement: Entitlement | None, gift: Gift | None, diary: Diary) -> None:
    buyer, subject = order.buyer_id, f"order:{order.pk}"
    diary.note(OrderPlaced(order_id=order.pk, buyer_id=buyer), at=sale.placed_at, by=buyer, subject=subject)
    if entitlement:
        fact = EntitlementGranted(
            entitlement_id=entitlement.pk, user_id=entitlement.user_id, product_id=entitlement.product_id
        )
        diary.note(fact, at=entitlement.granted_at, by=buyer, subject=entitlement.key)
    paid = OrderPaid(order_id=order.pk, buyer_id=buyer, amount=order.total_minor, currency=Code(order.currency))
    diary.note(paid, at=sale.paid_at, by=buyer, subject=subject)
    if gift and gift.claimed_at and gift.claimed_by_id:
        taken = GiftClaimed(gift_id=gift.pk, order_id=order.pk, giver_id=buyer, user_id=gift.claimed_by_id)
        diary.note(taken, at=gift.claimed_at, by=gift.claimed_by_id, subject=subject)
