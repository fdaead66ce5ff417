"""What may be posted: names of accounts, lines, postings, kinds of accounts, and what is refused."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_KEY = re.compile(r"\S{1,200}")
_UNIT = re.compile(r"[A-Z]{3}")
_kinds: dict[str, bool] = {}

REVERSED = ".reversed"
"""How the kind of a transaction ends that takes another one back."""


class Refusal(Exception):
    """The ledger does not take this posting; nothing of it was written."""


class Unbalanced(Refusal):
    """The lines do not sum to zero in each unit, or there are none."""


class Overdraft(Refusal):
    """A limited account would go below zero."""

    def __init__(self, account: "AccountName", *, short_by: int) -> None:
        super().__init__(f"{account} is short by {short_by}")
        self.account = account
        self.short_by = short_by


class AlreadyReversed(Refusal):
    """The transaction has its one reversal already."""


class UnknownKind(Refusal):
    """No room has registered this kind of account, so nobody said whether it may go below zero."""


class AccountName(NamedTuple):
    """How an account is found: what it is for, whose it is (``user:5``, ``house``), what it counts (``CNY``, ``PTS``)."""

    kind: str
    owner: str
    unit: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.owner}/{self.unit}"


class Line(NamedTuple):
    """One change of one account, in whole numbers of the smallest unit: above zero adds to it, below takes from it."""

    account: AccountName
    amount: int


@dataclass(frozen=True, kw_only=True)
class Posting:
    """
    A transaction to be written. ``key`` is made from its cause (``refund:order:7``) and is posted once, however often it comes.

    :raises Unbalanced: if the lines do not sum to zero in each unit.
    :raises ValueError: if an amount is zero or no whole number, or a code is not one.
    """

    key: str
    kind: str
    lines: tuple[Line, ...]
    reverses_id: int | None = None
    happened_at: datetime | None = None
    memo_code: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"A key is 1 to 200 characters without spaces, not {self.key!r}.")
        for code in (self.kind, self.memo_code or "-"):
            if not _is_code(code):
                raise ValueError(f"A short machine word is expected, not {code!r}.")
        _require_whole(self.lines)
        _require_balance(self.key, self.lines)


def register_kind(kind: str, *, is_limited: bool) -> None:
    """
    Let accounts of ``kind`` exist; a limited one never goes below zero and is locked while it changes.

    :raises ValueError: if the kind is registered already, with the other answer.
    """
    if _kinds.setdefault(kind, is_limited) != is_limited:
        raise ValueError(f"{kind} is registered already, with is_limited={not is_limited}.")


def is_limited(kind: str) -> bool:
    """
    Whether accounts of ``kind`` may not go below zero.

    :raises UnknownKind: if nobody has registered it.
    """
    try:
        return _kinds[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def kinds() -> Mapping[str, bool]:
    """All registered kinds, each with whether it is limited."""
    return dict(_kinds)


# Of both a ledger has a few dozen, and a batch of postings says each of them a thousand times.
@lru_cache(maxsize=1_000)
def _is_code(word: str) -> bool:
    return _CODE.fullmatch(word) is not None


@lru_cache(maxsize=1_000)
def _is_unit(word: str) -> bool:
    return _UNIT.fullmatch(word) is not None


def _require_whole(lines: Iterable[Line]) -> None:
    for account, amount in lines:
        # bool is an int to Python, and a float that happens to be whole is a fault somewhere above.
        if type(amount) is not int or amount == 0:
            raise ValueError(f"An amount is a whole number other than zero, not {amount!r} for {account}.")
        if not _is_unit(account.unit):
            raise ValueError(f"A unit is three capital letters, not {account.unit!r}.")


def _require_balance(key: str, lines: Iterable[Line]) -> None:
    sums: dict[str, int] = {}
    for account, amount in lines:
        sums[account.unit] = sums.get(account.unit, 0) + amount
    if not sums:
        raise Unbalanced(f"{key} has no lines.")
    if any(sums.values()):
        rest = {unit: amount for unit, amount in sums.items() if amount}
        raise Unbalanced(f"{key} leaves {rest}.")
