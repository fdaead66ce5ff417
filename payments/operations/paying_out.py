"""
Money to creators: asked for from what has cleared, decided by the school, paid once.

Whoever moves a payout holds its creator's row and then its own, so that what has cleared is counted by one at a time.
"""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit, events
from core.events import Code
from payments import queries, rules, sealing
from payments.enums import PayoutWay
from payments.events import PayoutMoved
from payments.models import Payee, Payout, PayoutMove
from payments.rules import PayoutState

from . import bookkeeping
from .retrying import retried


class NoPayee(Exception):
    """Nobody knows yet where the money should go."""


class NotCleared(Exception):
    """More was asked for than has cleared."""


class TooLittle(Exception):
    """Less was asked for than is paid out."""


class OneOnItsWay(Exception):
    """Another payout in this currency is on its way."""


class OwnPayout(Exception):
    """Nobody decides on a payout of their own."""


class NeedsAnother(Exception):
    """So much is paid by another person than approved it."""


class InABatch(Exception):
    """It leaves with others: the whole batch is noted as paid, or this one is held and so taken out of it."""


class NoLongerCovered(Exception):
    """Refunds have taken more since than the creator had left: it is not paid before new sales have made that good."""


@retried
def set_payee(*, user: User, way: PayoutWay, name: str, number: str, bank: str = "") -> Payee:
    """Say where ``user`` wants to be paid; what is on its way goes to where it was asked for."""
    fields = {"way": way, "sealed": sealing.lock(name=name, number=number, bank=bank), "hint": number[-4:]}
    payee, _ = Payee.objects.update_or_create(user=user, defaults={**fields, "changed_at": timezone.now()})
    audit.record(by=user, act="payments.set_payee", subject=f"user:{user.pk}", after={"way": way})
    return payee


def relock_payees() -> int:
    """Lock every payee with the key of now, so that the keys of before can go; return how many there were."""
    rows = [(model, pk) for model in (Payee, Payout) for pk in model._default_manager.values_list("pk", flat=True)]  # noqa: SLF001 - documented by Django
    return sum(_relock(model, pk) for model, pk in rows)


@retried
def ask_for_payout(*, creator: User, amount: int, currency: str) -> Payout:
    """
    Take ``amount`` from what ``creator`` has cleared and ask the school to pay it.

    :raises NoPayee: if they have not said where to.
    :raises TooLittle: if it is less than the smallest payout.
    :raises OneOnItsWay: if another one in this currency is not over.
    :raises NotCleared: if it is more than has cleared.
    """
    _hold_creator(creator.pk)
    payee = Payee.objects.filter(user=creator).first()
    if payee is None:
        raise NoPayee
    if amount < rules.SMALLEST_PAYOUT[currency]:
        raise TooLittle
    if Payout.objects.filter(creator=creator, currency=currency, state__in=rules.ON_THEIR_WAY).exists():
        raise OneOnItsWay
    if amount > queries.balance_of(creator=creator, currency=currency).cleared:
        raise NotCleared
    payout = Payout.objects.create(
        creator=creator, amount_minor=amount, currency=currency, way=payee.way, sealed=payee.sealed, hint=payee.hint
    )
    bookkeeping.book_payout_asked(payout=payout)
    _note(payout, "", by=creator)
    return payout


@retried
def approve_payout(*, payout: Payout, by: User) -> Payout:
    """
    Let a payout be transferred, on record.

    :raises OwnPayout: if it is ``by`` whose money it is.
    :raises NoLongerCovered: if refunds have made the creator's balance negative since.
    :raises NotAllowed: if it does not wait for a decision.
    """
    payout = _hold(payout, by)
    require_cover(payout)
    payout.approved_by = by
    return _decide(payout, PayoutState.APPROVED, by=by, act="payments.approve_payout")


@retried
def hold_payout(*, payout: Payout, by: User, reason: str) -> Payout:
    """Stop a payout that was not transferred yet; the creator is told ``reason``. Raises as ``approve_payout``."""
    payout = _hold(payout, by)
    payout.reason, payout.approved_by, payout.batch = reason, None, None
    return _decide(payout, PayoutState.HELD, by=by, act="payments.hold_payout", reason=reason)


@retried
def release_payout(*, payout: Payout, by: User) -> Payout:
    """Let a held payout wait for a decision again. Raises as ``approve_payout``."""
    payout = _hold(payout, by)
    payout.reason = ""
    return _decide(payout, PayoutState.ASKED, by=by, act="payments.release_payout")


@retried
def mark_paid(*, payout: Payout, by: User, number: str) -> Payout:
    """
    Say that an approved payout was transferred, with the bank's ``number`` of it; it happens once.

    :raises OwnPayout: if it is ``by`` whose money it is.
    :raises InABatch: if it is in a batch that waits for its transfer.
    :raises NeedsAnother: if it is large and ``by`` has approved it.
    :raises NoLongerCovered: if refunds have made the creator's balance negative since.
    :raises NotAllowed: if it is not approved, or paid already.
    """
    payout = _hold(payout, by)
    if payout.batch_id is not None and payout.state == PayoutState.APPROVED:
        raise InABatch
    return pay(payout, by=by, number=number)


def pay(payout: Payout, *, by: User, number: str) -> Payout:
    """Note a payout that is held as paid; for ``mark_paid`` and for batches."""
    rules.require_edge(rules.PAYOUT_EDGES, payout.state, PayoutState.PAID)
    if payout.amount_minor > rules.ALONE_UP_TO[payout.currency] and payout.approved_by_id == by.pk:
        raise NeedsAnother
    require_cover(payout)
    payout.number, payout.paid_by, payout.paid_at = number, by, timezone.now()
    return _decide(payout, PayoutState.PAID, by=by, act="payments.pay_payout")


@retried
def return_payout(*, payout: Payout, by: User, reason: str) -> Payout:
    """Say that the bank has sent a payout back: the creator has it in their balance again. Raises as ``approve_payout``."""
    payout = _hold(payout, by)
    payout.reason = reason
    return _decide(payout, PayoutState.RETURNED, by=by, act="payments.return_payout", reason=reason)


@retried
def cancel_payout(*, payout: Payout, by: User, reason: str = "") -> Payout:
    """
    Put a payout that nobody has approved back into the creator's balance; they may do it, and the school.

    :raises NotAllowed: if it is approved, or over.
    """
    _hold_creator(payout.creator_id)
    payout = Payout.objects.select_for_update().get(pk=payout.pk)
    payout.reason = reason or payout.reason
    if payout.creator_id == by.pk:
        return _move(payout, PayoutState.CANCELLED, by=by)
    return _decide(payout, PayoutState.CANCELLED, by=by, act="payments.cancel_payout", reason=reason)


_BOOKS: dict[str, Callable[..., None]] = {
    PayoutState.PAID: bookkeeping.book_payout_paid,
    PayoutState.CANCELLED: bookkeeping.book_payout_cancelled,
    PayoutState.RETURNED: bookkeeping.book_payout_returned,
}


def _decide(payout: Payout, to: PayoutState, *, by: User, act: str, reason: str = "") -> Payout:
    before = payout.state
    _move(payout, to, by=by)
    after = {"state": str(to), "amount": payout.amount_minor, "currency": payout.currency}
    audit.record(
        by=by, act=act, subject=f"payout:{payout.pk}", before={"state": str(before)}, after=after, reason=reason
    )
    return payout


def _move(payout: Payout, to: PayoutState, *, by: User) -> Payout:
    rules.require_edge(rules.PAYOUT_EDGES, payout.state, to)
    before, payout.state = payout.state, str(to)
    payout.save()
    book = _BOOKS.get(to)
    if book:
        book(payout=payout)
    _note(payout, before, by=by)
    return payout


def _note(payout: Payout, before: str, *, by: User) -> None:
    PayoutMove.objects.create(payout=payout, before=before, after=payout.state, by=by)
    fact = PayoutMoved(payout_id=payout.pk, creator_id=payout.creator_id, state=Code(payout.state))
    events.publish(fact, by=by, subject=f"payout:{payout.pk}")


def _hold_creator(pk: int) -> None:
    User.objects.select_for_update(no_key=True).get(pk=pk)


def _hold(payout: Payout, by: User) -> Payout:
    _hold_creator(payout.creator_id)
    payout = Payout.objects.select_for_update().get(pk=payout.pk)
    if payout.creator_id == by.pk:
        raise OwnPayout
    return payout


def require_cover(payout: Payout) -> None:
    """
    Pass if refunds have taken no more than the creator had left.

    :raises NoLongerCovered: if they have.
    """
    creator = User.objects.get(pk=payout.creator_id)
    if queries.balance_of(creator=creator, currency=payout.currency).total < 0:
        raise NoLongerCovered


@transaction.atomic
def _relock(model: type[Payee] | type[Payout], pk: int) -> bool:
    row = model._default_manager.select_for_update().exclude(sealed="").filter(pk=pk).first()  # noqa: SLF001 - documented by Django
    if row is None:
        return False
    row.sealed = sealing.relock(row.sealed)
    row.save(update_fields=["sealed"])
    return True
