"""What payments add to ``manage ledger_verify``: figures that are derived from the books, and access, each with its cause."""

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

import ledger.queries
from ledger.models import Account
from ledger.rules import AccountName
from ledger.verification import Finding, verifies

from .enums import Cause
from .models import Entitlement, Order, OrderLine, Payment, Payout, Refund
from .rules import ON_THEIR_WAY, OrderState, PayoutState, RefundState

_BOUGHT = (Cause.PURCHASE, Cause.BUNDLE, Cause.GIFT)


@verifies("entitlements with a cause")
def entitlements_have_causes() -> Finding:
    """Look for access that is open although no paid order stands behind it, and for access that nobody named a cause of."""
    unpaid = Q(cause__in=_BOUGHT) & (Q(line__isnull=True) | ~Q(line__order__state=OrderState.PAID))
    endless = Q(cause=Cause.TRIAL, ends_at__isnull=True)
    found = Entitlement.objects.live().filter(unpaid | endless | Q(cause="")).order_by("pk")
    rows = found.values_list("pk", "user_id", "key")
    wrong = [f"entitlement {pk} of user {user} to {key} has no cause" for pk, user, key in rows]
    return Finding(Entitlement.objects.count(), wrong)


@verifies("sums of payments and refunds that their accounts hold")
def sums_equal_entries() -> Finding:
    """Look for a provider whose fees, or money on its way back, differ between the payments and the ledger."""
    fees = Payment.objects.filter(captured_minor__gt=0).values_list("provider", "captured_currency")
    due = Refund.objects.exclude(state=RefundState.DONE).values_list("payment__provider", "currency")
    expected = {("provider_fees", *key): total for *key, total in fees.annotate(Sum("fee_minor")).order_by()}
    expected |= {("refunds_due", *key): total for *key, total in due.annotate(Sum("amount_minor")).order_by()}
    return Finding(len(expected), _differences(expected))


@verifies("paid lines that opened something")
def paid_lines_granted() -> Finding:
    """Look for a line of a paid order that opened nothing, though it is no gift that still waits to be claimed."""
    waits = Q(order__gift__isnull=False, order__gift__claimed_at__isnull=True)
    # What went back before a gift was claimed is no part of it any more.
    gone = Q(order__gift__isnull=False, amount_minor__gt=0, refunded_minor=F("amount_minor"))
    paid = OrderLine.objects.filter(order__state=OrderState.PAID).exclude(waits).exclude(gone)
    rows = paid.filter(entitlements=None).order_by("pk").values_list("pk", "order__reference")
    return Finding(paid.count(), [f"line {pk} of the paid order {reference} opened nothing" for pk, reference in rows])


@verifies("paid orders that somebody paid for")
def paid_orders_have_money() -> Finding:
    """Look for an order that counts as paid, costs something, and has no payment that was counted for it."""
    counted = Payment.objects.filter(counted_at__isnull=False).values("order")
    costing = Order.objects.filter(paid_at__isnull=False, total_minor__gt=0)
    rows = costing.exclude(pk__in=counted).order_by("pk").values_list("reference", flat=True)
    return Finding(costing.count(), [f"order {reference} was never paid for" for reference in rows])


@verifies("refunds of lines that their orders hold")
def refunds_add_up() -> Finding:
    """Look for an order whose lines gave back another sum than the order says, which in turn is what its payment says."""
    lines = OrderLine.objects.values("order").annotate(back=Sum("refunded_minor")).values("order", "back").order_by()
    back = {row["order"]: row["back"] for row in lines}
    paid = Payment.objects.filter(counted_at__isnull=False).values_list("order", "refunded_minor")
    by_payment = dict(paid)
    rows = list(Order.objects.values_list("pk", "reference", "refunded_minor").order_by("pk"))
    wrong = [
        f"order {reference} says that {said} went back, its lines {back.get(pk, 0)}, its payment {by_payment.get(pk, 0)}"
        for pk, reference, said in rows
        if not said == back.get(pk, 0) == by_payment.get(pk, 0)
    ]
    return Finding(len(rows), wrong)


@verifies("refunds that their payments and lines hold")
def refunds_are_sums() -> Finding:
    """Look for a payment whose refunds are another sum than it says went back, and for a refund that its lines do not make up."""
    back = Coalesce(Sum("refunds__amount_minor"), 0)
    payments = Payment.objects.annotate(back=back).exclude(back=F("refunded_minor")).order_by("pk")
    wrong = [
        f"payment {pk} says that {said} went back, its refunds {sum_}"
        for pk, said, sum_ in payments.values_list("pk", "refunded_minor", "back")
    ]
    parted = Coalesce(Sum("parts__amount_minor"), 0)
    refunds = Refund.objects.filter(payment__counted_at__isnull=False).annotate(parted=parted)
    wrong += [
        f"refund {pk} is {amount}, of its lines {sum_}"
        for pk, amount, sum_ in refunds.exclude(parted=F("amount_minor"))
        .order_by("pk")
        .values_list("pk", "amount_minor", "parted")
    ]
    return Finding(Refund.objects.count(), wrong)


@verifies("payouts that their accounts hold")
def payouts_equal_entries() -> Finding:
    """Look for a creator of whom another sum is on its way, or a way by which another sum has left, than the payouts say."""
    way = Payout.objects.filter(state__in=ON_THEIR_WAY).values_list("creator", "currency")
    gone = Payout.objects.filter(state=PayoutState.PAID).values_list("way", "currency")
    every = {
        ("payout_due", f"user:{creator}", unit) for creator, unit in Payout.objects.values_list("creator", "currency")
    }
    every |= {("paid_out", way, unit) for way, unit in Payout.objects.values_list("way", "currency")}
    expected = dict.fromkeys(every, 0)
    expected |= {
        ("payout_due", f"user:{who}", unit): sum_ for who, unit, sum_ in way.annotate(Sum("amount_minor")).order_by()
    }
    expected |= {("paid_out", way, unit): sum_ for way, unit, sum_ in gone.annotate(Sum("amount_minor")).order_by()}
    return Finding(Payout.objects.count(), _differences(expected))


@verifies("sums of what creators earned")
def shares_equal_entries() -> Finding:
    """Look for a creator whose account differs from the shares of what was sold and kept, less what they asked for."""
    accounts = Account.objects.filter(kind="creator").values_list("kind", "owner", "unit")
    expected: dict[tuple[str, str, str], int] = dict.fromkeys(accounts, 0)
    kept = (F("amount_minor") - F("refunded_minor")) * F("share_percent") / 100
    sold = OrderLine.objects.filter(order__state__in=[OrderState.PAID, OrderState.REFUNDED], amount_minor__gt=0)
    for creator, unit, share in sold.values_list("creator", "order__currency").annotate(share=Sum(kept)).order_by():
        expected["creator", f"user:{creator}", unit] = share
    asked = Payout.objects.exclude(state__in=[PayoutState.CANCELLED, PayoutState.RETURNED])
    for creator, unit, amount in asked.values_list("creator", "currency").annotate(Sum("amount_minor")).order_by():
        name = ("creator", f"user:{creator}", unit)
        expected[name] = expected.get(name, 0) - amount
    return Finding(len(expected), _differences(expected))


def _differences(expected: dict[tuple[str, str, str], int]) -> list[str]:
    found = ledger.queries.balances([AccountName(*name) for name in expected])
    return [
        f"{AccountName(*name)} holds {found[AccountName(*name)]}, the rows say {total}"
        for name, total in sorted(expected.items())
        if found[AccountName(*name)] != total
    ]
