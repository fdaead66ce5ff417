"""What payments add to ``manage ledger_verify``: figures that are derived from the books, and access, each with its cause."""

from django.db.models import Q, Sum

import ledger.queries
from ledger.rules import AccountName
from ledger.verification import Finding, verifies

from .enums import Cause
from .models import Entitlement, Payment, Refund
from .rules import OrderState, RefundState

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
    found = ledger.queries.balances([AccountName(*name) for name in expected])
    wrong = [
        f"{AccountName(*name)} holds {found[AccountName(*name)]}, the rows say {total}"
        for name, total in expected.items()
        if found[AccountName(*name)] != total
    ]
    return Finding(len(expected), wrong)
