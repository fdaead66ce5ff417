"""Money on its way to creators, and a price for a circle of people."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from payments import sealing
from payments.enums import PayoutWay
from payments.models import Organization, Payee, Payout, PayoutBatch
from payments.operations import gather_payouts, set_rule
from payments.operations.bookkeeping import book_payout_asked
from payments.rules import ON_THEIR_WAY, PayoutState


def pay_creators(*, teacher: User, owner: User) -> None:
    """The teacher has asked for money; somebody else's is approved and lies in a batch, which waits for its transfer."""
    if not Payout.objects.filter(creator=teacher, state=PayoutState.ASKED).exists():
        sealed = _sealed("Ada", "6222 0000 1234")
        Payee.objects.get_or_create(user=teacher, defaults={"way": PayoutWay.BANK, "sealed": sealed, "hint": "1234"})
        _ask(teacher, state=PayoutState.ASKED)
    if not PayoutBatch.objects.exists():
        others = User.objects.filter(products__isnull=False).exclude(pk__in=[teacher.pk, owner.pk])
        approved = Payout.objects.filter(creator__in=others, state=PayoutState.APPROVED).first()
        on_their_way = Payout.objects.filter(state__in=ON_THEIR_WAY).values("creator")
        payout = approved or _ask(
            others.exclude(pk__in=on_their_way).order_by("pk")[0], state=PayoutState.APPROVED, approved_by=owner
        )
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
