"""Money on its way to creators, and a price for a circle of people."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from payments import sealing
from payments.enums import PayoutWay
from payments.models import Organization, Payee, Payout, PayoutBatch, Product
from payments.operations import gather_payouts, set_rule
from payments.operations.bookkeeping import book_payout_asked
from payments.rules import PayoutState


def pay_creators(*, teacher: User, owner: User) -> None:
    """The teacher has asked for money; somebody else's is approved and lies in a batch, which waits for its transfer."""
    if not Payout.objects.filter(creator=teacher).exists():
        Payee.objects.create(user=teacher, way=PayoutWay.BANK, sealed=_sealed("Ada", "6222 0000 1234"), hint="1234")
        _ask(teacher, state=PayoutState.ASKED)
    if not PayoutBatch.objects.exists():
        others = Product.objects.exclude(creator__in=[teacher, owner]).order_by("pk")
        payout = _ask(others[0].creator, state=PayoutState.APPROVED, approved_by=owner)
        gather_payouts(payouts=[payout], by=owner)


def reduce_for_a_college(*, owner: User) -> None:
    """A college pays less for everything; nobody of this world has an address of it."""
    if not Organization.objects.exists():
        college = Organization.objects.create(name_zh="山城学院", name_en="Hill College", domains=["hill.test"])
        now = timezone.now()
        set_rule(
            label_zh="合作院校", label_en="Partner schools", percent=30, organization=college, starts_at=now,
            ends_at=now + timedelta(days=30), by=owner,
        )  # fmt: skip


def _ask(creator: User, *, state: PayoutState, approved_by: User | None = None) -> Payout:
    payout = Payout.objects.create(
        creator=creator, amount_minor=100_00, currency="CNY", way=PayoutWay.BANK, sealed=_sealed(creator.name, "6222 0000 1234"),
        hint="1234", state=state, approved_by=approved_by,
    )  # fmt: skip
    book_payout_asked(payout=payout)
    return payout


def _sealed(name: str, number: str) -> str:
    return sealing.lock(name=name, number=number, bank="Play Bank")
