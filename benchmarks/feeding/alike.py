"""What a worker does beside the pages: it finds out who likes the same."""

from collections.abc import Iterable

from accounts.models import User
from benchmarks.serving.asking import Visitor
from recsys import operations


def found_for(visitors: Iterable[Visitor]) -> None:
    """Find who likes the same as each of ``visitors``, once an hour at most, as the worker's task does."""
    for pk in User.objects.filter(username__in=[one.username for one in visitors]).values_list("pk", flat=True):
        operations.find_who_is_alike(user_id=pk)
