"""What a batch of payouts tells the bank."""

from collections.abc import Iterator

from payments import sealing
from payments.models import PayoutBatch


def transfers_of(*, batch: PayoutBatch) -> Iterator[tuple[int, str, str, str, str, str]]:
    """Each payout of ``batch``: its number, the account's holder, number and bank, the amount in whole units, the currency."""
    for payout in batch.payouts.order_by("pk"):
        payee = sealing.unlock(payout.sealed)
        units = f"{payout.amount_minor // 100}.{payout.amount_minor % 100:02}"
        yield payout.pk, payee.get("name", ""), payee.get("number", ""), payee.get("bank", ""), units, payout.currency
