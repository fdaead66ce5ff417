"""
Payouts that leave the school together: gathered into one batch, transferred by one file, noted as paid by one act.

A batch is all or nothing. Its creators are held in the order of their ids, then its payouts, as everywhere.
"""

from collections.abc import Iterable
from itertools import groupby

from django.utils import timezone

from accounts.models import User
from core import audit
from payments import rules
from payments.models import Payout, PayoutBatch
from payments.rules import NotAllowed, PayoutState

from . import paying_out
from .paying_out import NeedsAnother, NoPayee, OwnPayout
from .retrying import retried


class BatchOver(Exception):
    """It was noted as paid or dissolved already, or nothing is left in it."""


@retried
def gather_payouts(*, payouts: Iterable[Payout], by: User) -> list[PayoutBatch]:
    """
    Put ``payouts`` into a new batch for each currency and way among them; all of them or none.

    :raises NotAllowed: if one is not approved, or is in a batch already.
    :raises OwnPayout: if one is ``by``'s own.
    :raises NoPayee: if nobody knows any more where one should go, because its creator was erased.
    :raises NoLongerCovered: if refunds have made a creator's balance negative since.
    """
    held = _hold({payout.pk for payout in payouts}, by)
    for payout in held:
        _require_gatherable(payout)
    return [_batch(currency, way, list(those), by) for (currency, way), those in groupby(held, key=_kind)]


@retried
def pay_batch(*, batch: PayoutBatch, by: User, number: str) -> PayoutBatch:
    """
    Say that the whole batch was transferred, with the bank's ``number`` of it; it happens once.

    :raises BatchOver: if it is over, or empty.
    :raises NeedsAnother: if it is large in sum and ``by`` has approved any of it.
    :raises OwnPayout, NoLongerCovered: as ``mark_paid``; holding that one takes it out of the batch.
    """
    held = _hold_batch(batch, by)
    if sum(payout.amount_minor for payout in held) > rules.ALONE_UP_TO[batch.currency]:
        _require_another(held, by)
    for payout in held:
        paying_out.pay(payout, by=by, number=number)
    batch.number, batch.paid_by, batch.paid_at = number, by, timezone.now()
    batch.save(update_fields=["number", "paid_by", "paid_at"])
    _record(batch, held, by=by, act="payments.pay_batch")
    return batch


@retried
def dissolve_batch(*, batch: PayoutBatch, by: User) -> PayoutBatch:
    """
    Say that nothing of the batch was transferred: its payouts wait by themselves again, approved as they were.

    :raises BatchOver: if it is over already.
    """
    held = _hold_batch(batch, None)
    Payout.objects.filter(pk__in=[payout.pk for payout in held]).update(batch=None)
    batch.dissolved_at = timezone.now()
    batch.save(update_fields=["dissolved_at"])
    _record(batch, held, by=by, act="payments.dissolve_batch")
    return batch


def note_file(*, batch: PayoutBatch, by: User) -> None:
    """Note that ``by`` has taken the file of names and account numbers."""
    audit.record(by=by, act="payments.batch_file", subject=f"batch:{batch.pk}")


def _hold_batch(batch: PayoutBatch, by: User | None) -> list[Payout]:
    """The payouts of an open batch, held; a payout leaves one under its creator's row, so what is held is what is in it."""
    held = [one for one in _hold(_inside(batch), by) if one.batch_id == batch.pk]
    batch.refresh_from_db(from_queryset=PayoutBatch.objects.select_for_update())
    if not batch.is_open or (by is not None and not held):
        raise BatchOver
    return held


def _inside(batch: PayoutBatch) -> set[int]:
    return set(Payout.objects.filter(batch=batch).values_list("pk", flat=True))


def _hold(ids: set[int], by: User | None) -> list[Payout]:
    creators = Payout.objects.filter(pk__in=ids).values("creator")
    # Everybody who holds several takes them in this order, so that no two wait for each other.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=creators).order_by("pk").values_list("pk"))
    held = sorted(
        Payout.objects.select_for_update().filter(pk__in=ids).order_by("pk"), key=lambda one: (_kind(one), one.pk)
    )
    if by is not None and any(payout.creator_id == by.pk for payout in held):
        raise OwnPayout
    return held


def _kind(payout: Payout) -> tuple[str, str]:
    return payout.currency, payout.way


def _require_gatherable(payout: Payout) -> None:
    if payout.state != PayoutState.APPROVED or payout.batch_id is not None:
        raise NotAllowed(f"{payout.state}, batch {payout.batch_id}")
    if not payout.sealed:
        raise NoPayee
    paying_out.require_cover(payout)


def _require_another(payouts: list[Payout], by: User) -> None:
    if any(payout.approved_by_id == by.pk for payout in payouts):
        raise NeedsAnother


def _batch(currency: str, way: str, payouts: list[Payout], by: User) -> PayoutBatch:
    batch = PayoutBatch.objects.create(currency=currency, way=way, made_by=by)
    Payout.objects.filter(pk__in=[payout.pk for payout in payouts]).update(batch=batch)
    _record(batch, payouts, by=by, act="payments.make_batch")
    return batch


def _record(batch: PayoutBatch, payouts: list[Payout], *, by: User, act: str) -> None:
    after = {
        "payouts": [payout.pk for payout in payouts], "amount": sum(payout.amount_minor for payout in payouts),
        "currency": batch.currency,
    }  # fmt: skip
    audit.record(by=by, act=act, subject=f"batch:{batch.pk}", after=after)
