"""A creator's statement of a month: their account of the ledger, line by line, and what each line was for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import User
from ledger.models import Entry
from payments.models import OrderLine, RefundPart

Names = dict[str, tuple[str, str]]
Named = dict[int, tuple[str, str]]

_NUMBERED = re.compile(r"(?:sale|chargeback):payment:(?P<payment>\d+)|refund:(?P<refund>\d+):decided")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry: when, of which kind, for what, how much, and what the account held afterwards."""

    at: datetime
    kind: str
    title: str
    reference: str
    amount: int
    balance: int


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One account in one month, from what was there before to what was there after."""

    currency: str
    opening: int
    rows: list[Row]

    @property
    def closing(self) -> int:
        """What the account held when the month was over."""
        return self.rows[-1].balance if self.rows else self.opening

    @property
    def earned(self) -> int:
        """The shares of what was sold."""
        return self._sum("sale")

    @property
    def taken_back(self) -> int:
        """The shares of what went back to buyers."""
        return self._sum("refund", "chargeback")

    @property
    def paid_out(self) -> int:
        """What was asked for, without what came back."""
        return self._sum("payout", "payout_back")

    def _sum(self, *kinds: str) -> int:
        return sum(row.amount for row in self.rows if row.kind in kinds)


def zone(creator: User) -> ZoneInfo:
    """In which time the months of a statement begin: where its creator lives."""
    return ZoneInfo(creator.time_zone)


def months(*, creator: User) -> list[datetime]:
    """The months in which something happened on an account of ``creator``, the latest first."""
    month = TruncMonth("transaction__happened_at", tzinfo=zone(creator))
    found = _entries(creator).annotate(month=month).values_list("month", flat=True).order_by("-month")
    return list(found.distinct())


def statements(*, creator: User, year: int, month: int) -> list[Statement]:
    """
    The statement of each account of ``creator`` on which something had happened by then; their sums are the ledger's.

    A handful of queries, whatever the number of entries.
    """
    begin = datetime(year, month, 1, tzinfo=zone(creator))
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone(creator))
    entries = _entries(creator).filter(transaction__happened_at__lt=end).select_related("account", "transaction")
    inside = list(
        entries.filter(transaction__happened_at__gte=begin).order_by("transaction__happened_at", "transaction_id", "pk")
    )
    opening = _opening(creator, begin)
    named = _named([entry.transaction.key for entry in inside], creator)
    units = sorted({*opening, *(entry.account.unit for entry in inside)})
    return [_statement(unit, opening.get(unit, 0), inside, named) for unit in units]


def _statement(unit: str, opening: int, entries: list[Entry], named: Names) -> Statement:
    own = [entry for entry in entries if entry.account.unit == unit]
    after = list(accumulate((entry.amount for entry in own), initial=opening))[1:]
    rows = [_row(entry, balance, named) for entry, balance in zip(own, after, strict=True)]
    return Statement(currency=unit, opening=opening, rows=rows)


def _row(entry: Entry, balance: int, named: Names) -> Row:
    booked = entry.transaction
    title, reference = named.get(booked.key, ("", ""))
    return Row(
        at=booked.happened_at, kind=booked.kind, title=title, reference=reference, amount=entry.amount, balance=balance
    )


def _opening(creator: User, begin: datetime) -> dict[str, int]:
    before = _entries(creator).filter(transaction__happened_at__lt=begin).values_list("account__unit")
    return dict(before.annotate(Sum("amount")).order_by())


def _entries(creator: User) -> QuerySet[Entry]:
    return Entry.objects.filter(account__kind="creator", account__owner=f"user:{creator.pk}")


def _named(keys: Iterable[str], creator: User) -> Names:
    """The titles of the creator's lines behind each transaction, and the number of their order."""
    found = {key: _NUMBERED.fullmatch(key) for key in keys}
    sold = {key: int(match["payment"]) for key, match in found.items() if match and match["payment"]}
    back = {key: int(match["refund"]) for key, match in found.items() if match and match["refund"]}
    lines, parts = _lines(set(sold.values()), creator), _parts(set(back.values()), creator)
    return {key: lines[pk] for key, pk in sold.items()} | {key: parts[pk] for key, pk in back.items()}


def _lines(payment_ids: set[int], creator: User) -> Named:
    lines = OrderLine.objects.filter(order__payments__in=payment_ids, creator=creator).order_by("pk")
    return _joined(lines.values_list("order__payments", "title", "order__reference"), payment_ids)


def _parts(refund_ids: set[int], creator: User) -> Named:
    parts = RefundPart.objects.filter(refund__in=refund_ids, line__creator=creator).order_by("line")
    return _joined(parts.values_list("refund", "line__title", "line__order__reference"), refund_ids)


def _joined(rows: Iterable[tuple[int, str, str]], wanted: set[int]) -> Named:
    titles: dict[int, list[str]] = {pk: [] for pk in wanted}
    references = dict.fromkeys(wanted, "")
    for pk, title, reference in rows:
        # An order that was tried twice has payments that nobody asked about.
        if pk in titles:
            titles[pk].append(title)
            references[pk] = reference
    return {pk: (", ".join(titles[pk]), references[pk]) for pk in wanted}
