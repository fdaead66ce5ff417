"""Boards, whose threads are read by whoever may read the board."""

from django.db import transaction

from core import events
from core.realtime import sending
from forum.events import BoardOpenedAnew
from forum.models import Board, Thread


@transaction.atomic
def take_threads_along(*, board: Board) -> int:
    """Let what stands on ``board`` be read by those who may read the board now; return how many threads that changed."""
    theirs = Thread.objects.filter(board=board, about="").exclude(audience=board.audience)
    changed = list(theirs.select_for_update().order_by("pk").values_list("pk", flat=True))
    Thread.objects.filter(pk__in=changed).update(audience=board.audience)
    events.publish(BoardOpenedAnew(board_id=board.pk), subject=f"board:{board.pk}")
    # Whoever has one of them open would go on hearing.
    sending.recheck_streams(streams=[f"thread:{pk}" for pk in changed])
    return len(changed)
