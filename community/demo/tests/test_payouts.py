"""What the world writes of a payout equals what asking, deciding and transferring leave behind."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from community.demo.world import paying_out
from community.demo.world.diary import Diary
from community.demo.world.plan import Plan
from core.events.testing import published
from courses.operations import create_course
from ledger.models import Entry
from ledger.verification import verify
from payments import operations, sealing
from payments.events import PayoutMoved
from payments.models import Order, Payment, Payout, PayoutMove
from payments.providers import Seen, Status
from payments.rules import PayoutState

pytestmark = pytest.mark.django_db
FATES = {fate.state: fate for fate in (*paying_out.HERS, *paying_out.OTHERS)}
STEPS = {
    "approved": lambda payout, by, fate: operations.approve_payout(payout=payout, by=by),
    "held": lambda payout, by, fate: operations.hold_payout(payout=payout, by=by, reason=fate.reason_en),
    "paid": lambda payout, by, fate: operations.mark_paid(payout=payout, by=by, number="T1"),
    "cancelled": lambda payout, by, fate: operations.cancel_payout(payout=payout, by=by, reason=fate.reason_en),
    "returned": lambda payout, by, fate: operations.return_payout(payout=payout, by=by, reason=fate.reason_en),
}


@pytest.fixture
def earned(member, ben):
    """Two teachers who have sold as much as each other, long ago."""

    def sells(name):
        teacher = member(name)
        course = create_course(by=teacher, title="Bread", language="en", summary="Flour and time")
        operations.set_payee(user=teacher, way="bank", name=name, number="6222020000001234", bank="Play Bank")
        product = operations.set_price(
            kind="course", subject=course.key, title="Bread", amount=30_000, currency="CNY", creator=teacher, by=teacher,
            share_percent=80,
        )  # fmt: skip
        order = operations.place_order(buyer=ben, product_ids=[product.pk])
        payment = Payment.objects.create(
            order=order, provider="sandbox", account="acct", state="open", amount_minor=30_000, currency="CNY", provider_id=name
        )  # fmt: skip
        operations.take_in(payment=payment, seen=_paid(payment), cause="payment.paid", is_asked=False)
        Order.objects.filter(pk=order.pk).update(paid_at=timezone.now() - timedelta(days=80))
        return teacher

    return sells("Gus"), sells("Hal")


def _paid(payment):
    return Seen(
        account="acct", provider_id=payment.provider_id, reference=payment.order.reference, amount=30_000, currency="CNY", status=Status.PAID
    )  # fmt: skip


def left_behind(creator, owner):
    payout = Payout.objects.get(creator=creator)
    role = {creator.pk: "creator", owner.pk: "owner", None: None}
    moves = PayoutMove.objects.filter(payout=payout).order_by("pk")
    entries = Entry.objects.filter(transaction__key__startswith=f"payout:{payout.pk}:").order_by(
        "transaction_id", "amount"
    )
    return {
        "payout": (
            payout.state, payout.amount_minor, payout.currency, payout.way, payout.hint, payout.reason, bool(payout.number),
            role[payout.approved_by_id], role[payout.paid_by_id], payout.paid_at is not None, sealing.unlock(payout.sealed)["bank"],
        ),
        "moves": [(one.before, one.after, role[one.by_id]) for one in moves],
        "entries": [
            (one.transaction.kind, one.transaction.key.partition(":")[2].partition(":")[2], one.account.kind, one.amount)
            for one in entries.select_related("transaction", "account")
        ],
        "facts": [(fact.state, role[fact.actor_id]) for fact in published(PayoutMoved) if fact.payout_id == payout.pk],
    }  # fmt: skip


def test_the_world_knows_every_state():
    assert set(FATES) == set(PayoutState.values)


@pytest.mark.parametrize("state", FATES)
def test_bulk_equals_the_operations(earned, ada, eli, monkeypatch, state):
    gus, hal = earned
    fate, diary = FATES[state], Diary()
    monkeypatch.setattr(paying_out, "HERS", ())
    monkeypatch.setattr(paying_out, "OTHERS", (fate,))
    people = SimpleNamespace(by_name={"ada": ada, "eli": eli}, teachers=[ada, gus])
    paying_out.pay(Plan(seed=1, now=timezone.now()), people, diary)
    diary.tell()
    payout = operations.ask_for_payout(creator=hal, amount=Payout.objects.get(creator=gus).amount_minor, currency="CNY")
    for step in list(fate.days)[1:]:
        STEPS[step](payout, eli, fate)
    assert left_behind(gus, eli) == left_behind(hal, eli)
    assert left_behind(gus, eli)["payout"][:2] == (state, 20_000)
    assert [finding.violations for _, finding in verify() if finding.violations] == []
