"""What the world writes for a sale equals what a sale through the operations leaves behind."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from community.demo.world import money
from community.demo.world.catalogue import Shelf
from community.demo.world.diary import Diary
from community.demo.world.enrolling import Learner
from community.demo.world.plan import Plan
from core.events.testing import published
from courses.models import Course
from courses.operations import create_course
from ledger.models import Entry
from payments.events import EntitlementGranted, GiftClaimed, OrderPaid, OrderPlaced
from payments.models import Entitlement, Gift, Order, OrderHistory, OrderLine, Payment
from payments.operations import GiftWish, claim_gift, place_order, set_price, take_in
from payments.providers import Seen, Status

pytestmark = pytest.mark.django_db
OWN = {"id", "order", "line", "product", "buyer", "user", "creator", "reference", "basket", "key", "idempotency_key", "provider_id",
       "receipt_number", "payment", "by", "checkout_url", "ask_at", "token", "claimed_by"}  # fmt: skip


def sandbox_fee(amount):
    """What ``sandbox.money.fee`` keeps, written down here because nobody imports the sandbox."""
    return round(amount * 0.006 + 1e-9)


def bought_by_hand(buyer, product, *, wish=None, taker=None):
    order = place_order(buyer=buyer, product_ids=[product.pk], gift=wish)
    if order.total_minor:
        payment = Payment.objects.create(
            order=order, provider="sandbox", account="acct", state="open", amount_minor=order.total_minor, currency=order.currency,
            provider_id="pay_1",
        )  # fmt: skip
        seen = Seen(
            account="acct", provider_id="pay_1", reference=order.reference, amount=order.total_minor, currency=order.currency,
            status=Status.PAID, fee=sandbox_fee(order.total_minor),
        )  # fmt: skip
        take_in(payment=payment, seen=seen, cause="payment.paid", is_asked=False)
    if taker:
        claim_gift(gift=order.gift, by=taker)


def sold_in_bulk(buyer, course, product, *, wish=None, taker=None):
    plan = Plan(seed=1, now=timezone.now())
    shelf = Shelf(course=course, product=product, lessons=[], topics=frozenset())
    since, gifts = plan.now - timedelta(days=3), []
    learner = Learner(user=taker or buyer, shelf=shelf, since=since, is_liked=True)
    if wish:
        present = money.Present(
            recipient=wish.recipient, message=wish.message, token="t" * 22, claimed_by=taker, claimed_at=taker and since
        )
        paid_at = since - timedelta(hours=2)
        gifts.append(
            money.Sale(
                buyer=buyer, product=product, placed_at=paid_at - timedelta(minutes=1), paid_at=paid_at, dice=plan.dice("gift"), present=present
            )
        )  # fmt: skip
    diary = Diary()
    with transaction.atomic():
        money.sell(plan, {course.slug: [] if wish and not taker else [learner]}, diary, account="acct", gifts=gifts)
        diary.tell()


def shape(row):
    """Everything of a row but its times, its own names and whom it belongs to."""
    fields = [field for field in row._meta.concrete_fields if field.name not in OWN]
    return {one.name: getattr(row, one.attname) for one in fields if one.get_internal_type() != "DateTimeField"}


def left_behind(buyer, taker=None):
    orders = Order.objects.filter(buyer=buyer)
    history = OrderHistory.objects.filter(order__in=orders).order_by("pk")
    entries = Entry.objects.filter(transaction__kind="sale").order_by("transaction_id", "account__kind")
    payments = [payment.pk for payment in Payment.objects.filter(order__in=orders)]
    return {
        "orders": [shape(row) for row in orders],
        "lines": [shape(row) for row in OrderLine.objects.filter(order__in=orders)],
        "payments": [shape(row) for row in Payment.objects.filter(order__in=orders)],
        "entitlements": [
            (shape(row), row.user == (taker or buyer), row.by and row.by == buyer)
            for row in Entitlement.objects.filter(line__order__in=orders)
        ],
        "gifts": [
            (
                shape(row),
                row.claimed_by and row.claimed_by == taker,
                row.expires_at and (row.expires_at - row.order.paid_at).days,
            )
            for row in Gift.objects.filter(order__in=orders).select_related("order")
        ],
        "history": {(row.before, row.after, row.cause, row.by_id == buyer.pk) for row in history}
        - {("started", "open", "provider", False)},
        "entries": [
            (row.account.kind, row.account.unit, row.amount)
            for row in entries.select_related("account", "transaction")
            if row.transaction.key in {f"sale:payment:{pk}" for pk in payments}
        ],
        "facts": [
            (fact.name, fact.actor_id == buyer.pk, fact.actor_id == (taker and taker.pk))
            for fact in published(OrderPlaced, OrderPaid, EntitlementGranted, GiftClaimed)
            if {getattr(fact, "buyer_id", 0), getattr(fact, "user_id", 0)} & {one.pk for one in (buyer, taker) if one}
        ],
    }


@pytest.fixture
def sold(ada):
    def put_on_sale(price):
        course = create_course(by=ada, title="Bread", language="en", summary="Flour and time")
        product = set_price(
            kind="course",
            subject=course.key,
            title=course.title,
            amount=price,
            currency="CNY",
            creator=ada,
            by=ada,
            language="en",
        )
        return Course.objects.get(pk=course.pk), product

    return put_on_sale


@pytest.mark.parametrize("price", [0, 12_900, 9_999])
def test_bulk_equals_the_operations(sold, ben, cleo, price):
    course, product = sold(price)
    # The world comes first: it begins the receipts of its years.
    sold_in_bulk(cleo, course, product)
    bought_by_hand(ben, product)
    assert left_behind(cleo) == left_behind(ben)


@pytest.mark.parametrize("is_taken", [True, False])
def test_so_does_a_gift(sold, ben, cleo, member, is_taken):
    course, product = sold(12_900)
    wish = GiftWish(recipient="Ida", message="No hurry.")
    takers = [member("Gus"), member("Hal")] if is_taken else [None, None]
    sold_in_bulk(cleo, course, product, wish=wish, taker=takers[0])
    bought_by_hand(ben, product, wish=wish, taker=takers[1])
    assert left_behind(cleo, takers[0]) == left_behind(ben, takers[1])
    assert [row["recipient"] for row, *_ in left_behind(cleo, takers[0])["gifts"]] == ["Ida"]
