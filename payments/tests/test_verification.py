"""``ledger_verify`` over a shop: silent after ordinary days, and not silent where a row was changed by hand."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from ledger.verification import verify
from payments import operations
from payments.models import Entitlement, Order, OrderLine, Payment, Payout, RefundPart
from payments.providers import Status

pytestmark = pytest.mark.django_db

CHECKS = [
    "transactions that sum to zero",
    "limited accounts that hold what their entries say",
    "accounts of a registered kind",
    "entries",
    "entitlements with a cause",
    "sums of payments and refunds that their accounts hold",
    "paid lines that opened something",
    "paid orders that somebody paid for",
    "refunds of lines that their orders hold",
    "refunds that their payments and lines hold",
    "payouts that their accounts hold",
    "sums of what creators earned",
]


@pytest.fixture
def days(ada, ben, cleo, eli, member, sell, begin, bought, told, clock):
    """A shop after some days: sold, given back whole and in part, charged back, given away, claimed, paid out, sent back."""
    product = sell(refund_days=3)
    whole, _ = bought(ben, product)
    operations.request_refund(order=whole, by=ben)
    part, _ = bought(cleo, product)
    operations.refund_as_staff(order=part, amount=3333, by=eli, reason="a third")
    order, payment = begin(member("Dan"), product)
    told(payment, Status.PAID), told(payment, Status.DISPUTED)
    fred, gina = member("Fred"), member("Gina")
    for claimer in (fred, None):
        wish = operations.GiftWish(recipient="F")
        order, payment = operations.check_out(buyer=gina, product_ids=[product.pk], provider="till", gift=wish)
        told(payment, Status.PAID)
        if claimer:
            operations.claim_gift(gift=order.gift, by=claimer)
    for number in range(3):
        bought(member(f"Reader{number}"), sell(f"course:{50 + number}", 30000, refund_days=0))
    clock.shift(timedelta(days=5))
    operations.set_payee(user=ada, way="bank", name="Ada", number="622202001234", bank="Play Bank")
    for ending in (operations.return_payout, None):
        payout = operations.ask_for_payout(creator=ada, amount=20000, currency="CNY")
        payout = operations.mark_paid(payout=operations.approve_payout(payout=payout, by=eli), by=eli, number="T-1")
        if ending:
            ending(payout=payout, by=eli, reason="No such account.")
    operations.ask_for_payout(creator=ada, amount=10000, currency="CNY")


def violations():
    return [line for _, finding in verify() for line in finding.violations]


def verified():
    out, code = io.StringIO(), 0
    try:
        call_command("ledger_verify", stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def test_after_ordinary_days_nothing_is_wrong_and_everything_is_counted(days):
    code, said = verified()
    counts = {line.strip().split(" ", 1)[1].rpartition(", ")[0]: int(line.split()[0]) for line in said.splitlines()}
    # Rooms above add checks of their own.
    assert (code, [label for label in CHECKS if label not in counts]) == (0, [])
    # Of eight sales one gift still waits, one order went back, one was charged back.
    assert [counts[label] for label in CHECKS[4:]] == [7, 2, 5, 8, 8, 2, 3, 1]


def broken(days_, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


BREAKS = {
    "access without a paid order": (
        lambda: Order.objects.filter(state="paid", gift=None).exclude(lines__product__subject="course:42").update(state="cancelled"),
        ["creator", *["entitlement"] * 3],
    ),
    "access without a word why": (lambda: Entitlement.objects.filter(cause="gift").update(cause=""), ["entitlement"]),
    "a fee that the books do not know": (
        lambda: Payment.objects.filter(pk=Payment.objects.earliest("pk").pk).update(fee_minor=F("fee_minor") + 1),
        ["provider_fees/till/CNY"],
    ),
    "a paid line that opened nothing": (
        lambda: Entitlement.objects.filter(key="course:50").update(line=None),
        ["entitlement", "line"],
    ),
    "an order that nobody paid for": (
        lambda: Payment.objects.filter(order__lines__product__subject="course:50").update(counted_at=None),
        ["order"],
    ),
    "a line that says that more went back": (
        lambda: OrderLine.objects.filter(product__subject="course:51").update(refunded_minor=1),
        ["order", "creator"],
    ),
    "a payment that says that more went back": (
        lambda: Payment.objects.filter(refunded_minor=3333).update(refunded_minor=3334),
        ["order", "payment"],
    ),
    "a refund of which a line holds less": (
        lambda: RefundPart.objects.filter(amount_minor=3333).update(amount_minor=3332),
        ["refund"],
    ),
    "a payout that says to be larger": (
        lambda: Payout.objects.filter(state="asked").update(amount_minor=10001),
        ["payout_due", "creator"],
    ),
    "a payout that was paid beside the books": (
        lambda: Payout.objects.filter(state="returned").update(state="paid"),
        ["paid_out/bank", "creator"],
    ),
    "a share that was changed afterwards": (
        lambda: OrderLine.objects.filter(product__subject="course:51").update(share_percent=90),
        ["creator"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_what_was_changed_by_hand_is_noticed(days, what):
    change, seen = BREAKS[what]
    assert change() > 0
    found = violations()
    assert sorted(line.split(" ")[0].partition("/")[0] for line in found) == sorted(
        one.partition("/")[0] for one in seen
    )
    assert verified()[0] == 1


def test_a_limited_account_that_differs_is_noticed(days):
    broken(days, "UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'payout_due'")
    code, said = verified()
    assert (code, "says 10001, its entries say 10000" in said) == (1, True)
