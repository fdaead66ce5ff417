"""Taking points back when their cause is gone, and giving them again when it returns."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gamification.models import Rule
from ledger import operations as journal
from ledger.models import Transaction

from .giving import give_points
from .merits import Merit
from .tallying import SoFar, add, day_of, lock_users


@transaction.atomic
def take_back(*, user_id: int, rule: str, source: str) -> None:
    """Reverse the points that ``source`` earned by ``rule``, as when the vote is taken back or the post is hidden."""
    users = lock_users({user_id})
    given, _times = _last_given(user_id, rule, source)
    if given is None or _is_reversed(given):
        return
    journal.reverse(transaction=given, key=f"back:{given.key}")
    points = given.entries.get(account__kind="points").amount  # type: ignore[arg-type]
    place = (user_id, day_of(given.happened_at, users[user_id]), Rule.objects.get(code=rule).pk)
    add({place: SoFar(-points, -1)})


@transaction.atomic
def give_again(*, user_id: int, rule: str, source: str, at: datetime | None = None) -> None:
    """Give once more what was taken back, as when the post is restored; what was not taken back is not given twice."""
    lock_users({user_id})
    given, times = _last_given(user_id, rule, source)
    if given is not None and _is_reversed(given):
        give_points(user_id=user_id, rule=rule, source=_again(source, times), at=at)


def _last_given(user_id: int, rule: str, source: str) -> tuple[Transaction | None, int]:
    """What ``source`` earned the last time, and how many times it has earned; each time has a number, so that its key is its own."""
    last, times = None, 0
    while found := _given(user_id, rule, _again(source, times)):
        last, times = found, times + 1
    return last, times


def _given(user_id: int, rule: str, source: str) -> Transaction | None:
    key = Merit(user_id=user_id, rule=rule, source=source, at=timezone.now()).key
    return Transaction.objects.filter(key=key).first()


def _again(source: str, times: int) -> str:
    return f"{source}.again{times}" if times else source


def _is_reversed(given: Transaction) -> bool:
    return Transaction.objects.filter(reverses=given).exists()
