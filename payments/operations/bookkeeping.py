"""
What money does in the ledger.

Accounts, each per currency: ``customers`` (what the world paid us, below zero) and ``provider_fees`` per provider; ``creator``
per creator; ``platform`` for the school; ``refunds_due`` per provider for money that is decided to go back and has
not gone yet; ``payout_due`` per creator for what they have asked for, and ``paid_out`` for what has left the school to
creators. What lies at providers and banks is therefore −customers − provider_fees − paid_out.
"""

from collections import Counter

import ledger.operations
from ledger.rules import AccountName, Line
from payments import rules
from payments.models import OrderLine, Payment, Payout, Refund

KINDS = ("customers", "provider_fees", "creator", "platform", "refunds_due", "paid_out")
LIMITED = ("payout_due",)
"""What was asked for is paid once: its account is locked while it changes, and never goes below zero."""


class Sums(Counter[AccountName]):
    """Changes by account; what sums to nothing is not posted."""

    def add(self, kind: str, owner: str, unit: str, amount: int) -> None:
        """Change one account by ``amount``."""
        self[AccountName(kind, owner, unit)] += amount

    def post(self, *, key: str, kind: str) -> None:
        """Write the changes as one transaction of the ledger; nothing is written where nothing changes."""
        lines = [Line(account, amount) for account, amount in self.items() if amount]
        if lines:
            ledger.operations.post(key=key, kind=kind, lines=lines)


def book_sale(*, payment: Payment, lines: list[OrderLine]) -> None:
    """Divide what was taken among creators, the provider's fee and the school, which bears that fee."""
    sums = _taken(payment)
    for line in lines:
        share = rules.creator_share(amount=line.amount_minor, percent=line.share_percent)
        sums.add("creator", f"user:{line.creator_id}", payment.captured_currency, share)
        sums.add("platform", "house", payment.captured_currency, line.amount_minor - share)
    sums.post(key=f"sale:payment:{payment.pk}", kind="sale")


def book_unclaimed(*, payment: Payment) -> None:
    """Set aside money that belongs to no order: it came late, twice, or in another amount."""
    sums = _taken(payment)
    sums.add("refunds_due", payment.provider, payment.captured_currency, payment.captured_minor)
    sums.post(key=f"unclaimed:payment:{payment.pk}", kind="unclaimed")


def book_decided(*, refund: Refund, parts: list[tuple[OrderLine, int]]) -> None:
    """Take what goes back from creators and school; ``parts`` names each line as it was before, with what goes back of it."""
    sums = Sums()
    _take_back(sums, parts, refund.currency)
    sums.add("refunds_due", refund.payment.provider, refund.currency, refund.amount_minor)
    sums.post(key=f"refund:{refund.pk}:decided", kind="refund")


def book_settled(*, refund: Refund) -> None:
    """The provider has given the money back."""
    sums = Sums()
    sums.add("refunds_due", refund.payment.provider, refund.currency, -refund.amount_minor)
    sums.add("customers", refund.payment.provider, refund.currency, refund.amount_minor)
    sums.post(key=f"refund:{refund.pk}:settled", kind="refund_settled")


def book_chargeback(*, payment: Payment, parts: list[tuple[OrderLine, int]]) -> None:
    """The buyer's bank has taken back what was left; ``parts`` as in ``book_decided``."""
    sums = Sums()
    _take_back(sums, parts, payment.captured_currency)
    sums.add("customers", payment.provider, payment.captured_currency, sum(amount for _, amount in parts))
    sums.post(key=f"chargeback:payment:{payment.pk}", kind="chargeback")


def book_fee(*, payment: Payment, fee: int) -> None:
    """The provider's list says what it kept, which its messages had not told, or told otherwise."""
    sums, more = Sums(), fee - payment.fee_minor
    sums.add("provider_fees", payment.provider, payment.captured_currency, more)
    sums.add("platform", "house", payment.captured_currency, -more)
    sums.post(key=f"fee:payment:{payment.pk}:{payment.fee_minor}:{fee}", kind="provider_fee")


def book_payout_asked(*, payout: Payout) -> None:
    """Set aside what a creator has asked for."""
    sums = _between("creator", "payout_due", payout)
    sums.post(key=f"payout:{payout.pk}:asked", kind="payout")


def book_payout_paid(*, payout: Payout) -> None:
    """The school has transferred it."""
    sums = Sums()
    sums.add("payout_due", f"user:{payout.creator_id}", payout.currency, -payout.amount_minor)
    sums.add("paid_out", payout.way, payout.currency, payout.amount_minor)
    sums.post(key=f"payout:{payout.pk}:paid", kind="payout_paid")


def book_payout_cancelled(*, payout: Payout) -> None:
    """It will not be transferred: the creator has it back in their balance."""
    sums = _between("payout_due", "creator", payout)
    sums.post(key=f"payout:{payout.pk}:cancelled", kind="payout_back")


def book_payout_returned(*, payout: Payout) -> None:
    """The bank has sent it back to the school."""
    sums = Sums()
    sums.add("paid_out", payout.way, payout.currency, -payout.amount_minor)
    sums.add("creator", f"user:{payout.creator_id}", payout.currency, payout.amount_minor)
    sums.post(key=f"payout:{payout.pk}:returned", kind="payout_back")


def _between(source: str, target: str, payout: Payout) -> Sums:
    sums, owner = Sums(), f"user:{payout.creator_id}"
    sums.add(source, owner, payout.currency, -payout.amount_minor)
    sums.add(target, owner, payout.currency, payout.amount_minor)
    return sums


def _taken(payment: Payment) -> Sums:
    sums = Sums()
    sums.add("customers", payment.provider, payment.captured_currency, -payment.captured_minor)
    sums.add("provider_fees", payment.provider, payment.captured_currency, payment.fee_minor)
    sums.add("platform", "house", payment.captured_currency, -payment.fee_minor)
    return sums


def _take_back(sums: Sums, parts: list[tuple[OrderLine, int]], unit: str) -> None:
    for line, amount in parts:
        kept = rules.creator_share(amount=line.kept_minor, percent=line.share_percent)
        left = rules.creator_share(amount=line.kept_minor - amount, percent=line.share_percent)
        sums.add("creator", f"user:{line.creator_id}", unit, left - kept)
        sums.add("platform", "house", unit, -amount - (left - kept))
