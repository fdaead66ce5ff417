"""What people do in the community."""

from .accepting import NotTheAsker, accept_answer
from .boards import take_threads_along
from .moderating import AlreadyDecided, NotAModerator, flag, hide_post, keep_post, restore_post
from .reading import note_view
from .voting import OwnPost, vote
from .writing import ThreadClosed, answer, ask, edit_post, reply, start_thread

__all__ = [
    "AlreadyDecided", "NotAModerator", "NotTheAsker", "OwnPost", "ThreadClosed",
    "accept_answer", "answer", "ask", "edit_post", "flag", "hide_post", "keep_post", "note_view", "reply", "restore_post",
    "start_thread", "take_threads_along", "vote",
]  # fmt: skip
