"""Boards, whose threads are read by whoever may read the board."""

from django.db import transaction

from core import events
from forum.events import BoardOpenedAnew
from forum.models import Board, Thread


@transaction.atomic
def take_threads_along(*, board: Board) -> int:
    """Let what stands on ``board`` be read by those who may read the board now; return how many threads that changed."""
    changed = (
        Thread.objects.filter(board=board, about="").exclude(audience=board.audience).update(audience=board.audience)
    )
    events.publish(BoardOpenedAnew(board_id=board.pk), subject=f"board:{board.pk}")
    return changed
