"""What creators have earned: what has cleared, what may still be asked back, and what was paid to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, DateField, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

import ledger.queries
from accounts.models import User
from ledger.models import Account
from ledger.rules import AccountName
from payments import rules
from payments.enums import Currency
from payments.models import OrderLine, Payee, Payout, Product
from payments.models.products import BUNDLE
from payments.rules import OrderState, PayoutState

from .coupons import sold_by
from .statements import months

_A_DAY = Value(timedelta(days=1), output_field=DurationField())
_KEPT = F("amount_minor") - F("refunded_minor")


@dataclass(frozen=True, kw_only=True)
class Balance:
    """
    A creator's money in one currency; ``total`` is their account of the ledger.

    ``clearing`` is the part of it that buyers may still ask back, by the day on which they no longer can, the soonest
    first; a gift that waits to be claimed has none. ``due`` is what is on its way to them, ``paid`` what arrived.
    """

    currency: str
    total: int
    clearing: list[tuple[date | None, int]]
    due: int
    paid: int

    @property
    def pending(self) -> int:
        """What buyers may still ask back."""
        return sum(amount for _, amount in self.clearing)

    @property
    def clears_next(self) -> tuple[date, int] | None:
        """The next day on which something clears, and how much of it."""
        return next(((day, amount) for day, amount in self.clearing if day is not None and amount), None)

    @property
    def clears_last(self) -> date | None:
        """The day by which all has cleared that is not waiting to be claimed."""
        return max((day for day, amount in self.clearing if day is not None and amount), default=None)

    @property
    def unclaimed(self) -> int:
        """What clears when somebody claims it."""
        return sum(amount for day, amount in self.clearing if day is None)

    @property
    def cleared(self) -> int:
        """What nobody can ask back any more; below zero where refunds took more than was left."""
        return self.total - self.pending

    @property
    def smallest(self) -> int:
        """The least that is paid out."""
        return rules.SMALLEST_PAYOUT[self.currency]

    @property
    def may_ask(self) -> bool:
        """Whether enough has cleared, and nothing is on its way."""
        return self.cleared >= self.smallest and not self.due


@dataclass(frozen=True, kw_only=True)
class EarningsPage:
    """What a creator's page of earnings shows; ``sold`` is what they sell by itself, each with their share of it."""

    balances: list[Balance]
    sold: list[Product]
    payee: Payee | None
    payouts: list[Payout]
    months: list[datetime]


def balance_of(*, creator: User, currency: str, at: datetime | None = None) -> Balance:
    """What ``creator`` has in one currency, in four queries at most."""
    return _balances(creator, [currency], at=at)[0]


def earnings_page(*, creator: User) -> EarningsPage:
    """Balances in every currency in which something was ever sold, what is sold, the last payouts, and the months that have a statement."""
    payouts = Payout.objects.filter(creator=creator).prefetch_related("moves").order_by("-pk")
    return EarningsPage(
        balances=_balances(creator, _currencies(creator)),
        sold=list(sold_by(creator=creator).exclude(kind=BUNDLE)),
        payee=Payee.objects.filter(user=creator).first(),
        payouts=list(payouts[:24]),
        months=months(creator=creator),
    )


def payouts_of(*, creator: User) -> QuerySet[Payout]:
    """Everything that ``creator`` has asked for."""
    return Payout.objects.filter(creator=creator)


def _currencies(creator: User) -> list[str]:
    used = set(Account.objects.filter(kind="creator", owner=_owner(creator)).values_list("unit", flat=True))
    return [code for code in Currency.values if code in used]


def _balances(creator: User, currencies: Iterable[str], *, at: datetime | None = None) -> list[Balance]:
    codes = list(currencies)
    names = {
        (kind, code): AccountName(kind, _owner(creator), code) for kind in ("creator", "payout_due") for code in codes
    }
    held = ledger.queries.balances(list(names.values()))
    clearing, paid = _clearing(creator, at or timezone.now()), _paid(creator)
    return [
        Balance(
            currency=code, total=held[names["creator", code]], clearing=clearing.get(code, []), due=held[names["payout_due", code]],
            paid=paid.get(code, 0),
        )
        for code in codes
    ]  # fmt: skip


def _clearing(creator: User, now: datetime) -> dict[str, list[tuple[date | None, int]]]:
    until = ExpressionWrapper(F("refund_days") * _A_DAY, output_field=DurationField())
    # A gift that nobody has claimed goes back to its giver, however long ago it was bought.
    waits = Q(order__gift__isnull=False, order__gift__claimed_at__isnull=True)
    lines = OrderLine.objects.filter(
        waits | Q(order__paid_at__gt=now - until), creator=creator, order__state=OrderState.PAID
    )
    day = Case(When(waits, then=None), default=TruncDate(F("order__paid_at") + until), output_field=DateField())
    # Rounded down line by line, as it was booked.
    shares = lines.values("order__currency", day=day).annotate(share=Sum(_KEPT * F("share_percent") / 100))
    found: dict[str, list[tuple[date | None, int]]] = {}
    for row in shares.order_by(F("day").asc(nulls_last=True)):
        found.setdefault(row["order__currency"], []).append((row["day"], row["share"]))
    return found


def _paid(creator: User) -> dict[str, int]:
    found = Payout.objects.filter(creator=creator, state=PayoutState.PAID).values_list("currency")
    return dict(found.annotate(Sum("amount_minor")).order_by())


def _owner(creator: User) -> str:
    return f"user:{creator.pk}"
