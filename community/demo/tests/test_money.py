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
from payments.events import EntitlementGranted, OrderPaid, OrderPlaced
from payments.models import Entitlement, Order, OrderHistory, OrderLine, Payment
from payments.operations import place_order, set_price, take_in
from payments.providers import Seen, Status

pytestmark = pytest.mark.django_db
OWN = {"id", "order", "line", "product", "buyer", "user", "creator", "reference", "basket", "key", "idempotency_key", "provider_id",
       "receipt_number", "payment", "by", "checkout_url", "ask_at"}  # fmt: skip


def sandbox_fee(amount):
    """What ``sandbox.money.fee`` keeps, written down here because nobody imports the sandbox."""
    return round(amount * 0.006 + 1e-9)


def bought_by_hand(buyer, product):
    order = place_order(buyer=buyer, product_ids=[product.pk])
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


def sold_in_bulk(buyer, course, product):
    plan = Plan(seed=1, now=timezone.now())
    shelf = Shelf(course=course, product=product, lessons=[], topics=frozenset())
    learner = Learner(user=buyer, shelf=shelf, since=plan.now - timedelta(days=3), is_liked=True)
    diary = Diary()
    with transaction.atomic():
        money.sell(plan, {course.slug: [learner]}, diary, account="acct")
        diary.tell()


def shape(row):
    """Everything of a row but its times, its own names and whom it belongs to."""
    fields = [field for field in row._meta.concrete_fields if field.name not in OWN]
    return {one.name: getattr(row, one.attname) for one in fields if one.get_internal_type() != "DateTimeField"}


def left_behind(buyer):
    orders = Order.objects.filter(buyer=buyer)
    history = OrderHistory.objects.filter(order__in=orders).order_by("pk")
    entries = Entry.objects.filter(transaction__kind="sale").order_by("transaction_id", "account__kind")
    payments = [payment.pk for payment in Payment.objects.filter(order__in=orders)]
    return {
        "orders": [shape(row) for row in orders],
        "lines": [shape(row) for row in OrderLine.objects.filter(order__in=orders)],
        "payments": [shape(row) for row in Payment.objects.filter(order__in=orders)],
        "entitlements": [shape(row) for row in Entitlement.objects.filter(user=buyer)],
        "history": {(row.before, row.after, row.cause, row.by_id == buyer.pk) for row in history}
        - {("started", "open", "provider", False)},
        "entries": [
            (row.account.kind, row.account.unit, row.amount)
            for row in entries.select_related("account", "transaction")
            if row.transaction.key in {f"sale:payment:{pk}" for pk in payments}
        ],
        "facts": [
            (fact.name, fact.actor_id == buyer.pk)
            for fact in published(OrderPlaced, OrderPaid, EntitlementGranted)
            if buyer.pk in (getattr(fact, "buyer_id", 0), getattr(fact, "user_id", 0))
        ],
    }


@pytest.mark.parametrize("price", [0, 12_900, 9_999])
def test_bulk_equals_the_operations(ada, ben, cleo, price):
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
    # The world comes first: it begins the receipts of its years.
    sold_in_bulk(cleo, Course.objects.get(pk=course.pk), product)
    bought_by_hand(ben, product)
    assert left_behind(cleo) == left_behind(ben)
