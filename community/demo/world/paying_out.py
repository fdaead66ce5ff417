"""Money on its way to teachers: a payout in every state, as asking, deciding and transferring leave them behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import ledger.operations
from accounts.models import User
from core.events import Code
from ledger.rules import AccountName, Line, Posting
from payments import rules, sealing
from payments.enums import PayoutWay
from payments.events import PayoutMoved
from payments.models import OrderLine, Payee, Payout, PayoutMove
from payments.rules import PayoutState

from .diary import Diary
from .people import OWNER, People
from .plan import Plan

CURRENCY = "CNY"
WHOLE = 100_00
"""People ask for round sums."""
ASKED, APPROVED, HELD = PayoutState.ASKED, PayoutState.APPROVED, PayoutState.HELD
PAID, CANCELLED, RETURNED = PayoutState.PAID, PayoutState.CANCELLED, PayoutState.RETURNED


@dataclass(frozen=True, kw_only=True)
class Fate:
    """How a payout went: how many days ago each state was reached, and why it stopped, in both languages."""

    days: dict[str, float]
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def state(self) -> str:
        """Where it stands."""
        return list(self.days)[-1]


FIRST = "ada"
HERS = (Fate(days={ASKED: 36, APPROVED: 35.2, PAID: 34.1}), Fate(days={ASKED: 0.9}))
"""Of the teacher whom a visitor may be: one that arrived, and one that waits for the owner."""
OTHERS = (
    Fate(days={ASKED: 4.3, APPROVED: 2.2}),
    Fate(
        days={ASKED: 6.4, HELD: 5.1}, reason_zh="户名和你的实名对不上，请核对后告诉我们。",
        reason_en="The name on the account is not yours. Please look at it and tell us.",
    ),
    Fate(
        days={ASKED: 22.5, APPROVED: 21.3, PAID: 20.2, RETURNED: 16.4}, reason_zh="银行退回：账号已注销。",
        reason_en="Sent back by the bank: the account is closed.",
    ),
    Fate(
        days={ASKED: 13.6, CANCELLED: 12.1}, reason_zh="你在信里说想等到下个月一起结。",
        reason_en="You wrote that you would rather have it together with next month's.",
    ),
    Fate(days={ASKED: 29.4, APPROVED: 28.5, PAID: 27.2}),
)  # fmt: skip


def pay(plan: Plan, people: People, diary: Diary) -> None:
    """Let the teacher of the cast and some others ask for what has cleared, each as often as it is enough for one."""
    owner, moves, postings = people.by_name[OWNER], [], []
    for creator, fate, amount in _wanted(plan, people):
        payout = _payout(plan, creator, fate, amount, owner)
        before = ""
        for state, days in fate.days.items():
            at, by = plan.ago(days=days), creator if state == ASKED else owner
            moves.append(PayoutMove(payout=payout, before=before, after=state, by=by, happened_at=at))
            postings += _posted(payout, state, at)
            fact = PayoutMoved(payout_id=payout.pk, creator_id=creator.pk, state=Code(state))
            diary.note(fact, at=at, by=by.pk, subject=f"payout:{payout.pk}")
            before = state
    PayoutMove.objects.bulk_create(sorted(moves, key=lambda one: one.happened_at))
    ledger.operations.post_many(postings=sorted(postings, key=lambda one: one.happened_at or plan.now))


def _wanted(plan: Plan, people: People) -> Iterator[tuple[User, Fate, int]]:
    first, taken = people.by_name[FIRST], 0
    for fate in HERS:
        amount = _whole(_cleared(first, plan.ago(days=fate.days[ASKED])) - taken)
        if amount:
            taken += amount
            yield first, fate, amount
    others = [one for one in people.teachers if one != first]
    for fate in OTHERS:
        able = ((one, _whole(_cleared(one, plan.ago(days=fate.days[ASKED])))) for one in others)
        found = next(((one, amount) for one, amount in able if amount), None)
        if found:
            others.remove(found[0])
            yield found[0], fate, found[1]


def _cleared(creator: User, at: datetime) -> int:
    """What nobody could ask back of ``creator`` any more at that moment."""
    lines = OrderLine.objects.filter(creator=creator, order__currency=CURRENCY, order__paid_at__lt=at)
    kept = lines.exclude(order__gift__isnull=False, order__gift__claimed_at__isnull=True)
    return sum(
        rules.creator_share(amount=amount, percent=percent)
        for amount, percent, days, paid_at in kept.values_list(
            "amount_minor", "share_percent", "refund_days", "order__paid_at"
        )
        if paid_at + timedelta(days=days) <= at
    )


def _whole(amount: int) -> int:
    # So much one person may approve and transfer.
    return min(amount, rules.ALONE_UP_TO[CURRENCY]) // WHOLE * WHOLE


def _payout(plan: Plan, creator: User, fate: Fate, amount: int, owner: User) -> Payout:
    payee = _payee(plan, creator)
    is_stopped = fate.state in {HELD, CANCELLED, RETURNED}
    reason = fate.reason_zh if creator.language == "zh-hans" else fate.reason_en
    return Payout.objects.create(
        creator=creator, amount_minor=amount, currency=CURRENCY, state=fate.state, way=payee.way, sealed=payee.sealed,
        hint=payee.hint, reason=reason if is_stopped else "", asked_at=plan.ago(days=fate.days[ASKED]),
        approved_by=owner if APPROVED in fate.days else None, paid_by=owner if PAID in fate.days else None,
        paid_at=plan.ago(days=fate.days[PAID]) if PAID in fate.days else None,
        number=f"T{plan.dice(f'transfer:{creator.username}').randrange(10**9):09d}" if PAID in fate.days else "",
    )  # fmt: skip


def _payee(plan: Plan, creator: User) -> Payee:
    found = Payee.objects.filter(user=creator).first()
    if found:
        return found
    number = f"622202{plan.dice(f'account:{creator.username}').randrange(10**10):010d}"
    return Payee.objects.create(
        user=creator, way=PayoutWay.BANK, sealed=sealing.lock(name=creator.name, number=number, bank="Play Bank"),
        hint=number[-4:], changed_at=plan.ago(days=60),
    )  # fmt: skip


def _posted(payout: Payout, state: str, at: datetime) -> list[Posting]:
    creator, due, out = "creator", "payout_due", "paid_out"
    ways = {
        ASKED: ("payout", creator, due), PAID: ("payout_paid", due, out), CANCELLED: ("payout_back", due, creator),
        RETURNED: ("payout_back", out, creator),
    }  # fmt: skip
    if state not in ways:
        return []
    kind, source, target = ways[PayoutState(state)]
    lines = (_line(source, payout, -payout.amount_minor), _line(target, payout, payout.amount_minor))
    return [Posting(key=f"payout:{payout.pk}:{state}", kind=kind, happened_at=at, lines=lines)]


def _line(kind: str, payout: Payout, amount: int) -> Line:
    owner = payout.way if kind == "paid_out" else f"user:{payout.creator_id}"
    return Line(AccountName(kind, owner, payout.currency), amount)
