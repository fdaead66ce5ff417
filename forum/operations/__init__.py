"""What people do in the community."""

from .accepting import NotTheAsker, accept_answer
from .boards import take_threads_along
from .grouping import (
    LastOwner,
    NotAKeeper,
    NotOpen,
    NotWelcome,
    change_group,
    join,
    leave,
    open_group,
    remove_member,
    set_role,
)
from .letting_in import (
    NotInvited,
    accept_invitation,
    answer_request,
    ask_to_join,
    decline_invitation,
    invite,
    take_back_invitation,
    withdraw_request,
)
from .moderating import AlreadyDecided, NotAModerator, flag, hide_post, keep_post, restore_post
from .reading import note_view
from .seating import clear_seats, give_up_seats, take_seat
from .selling import offer_seats
from .voting import OwnPost, vote
from .writing import ThreadClosed, answer, ask, edit_post, reply, start_thread

__all__ = [
    "AlreadyDecided", "LastOwner", "NotAKeeper", "NotAModerator", "NotInvited", "NotOpen", "NotTheAsker", "NotWelcome", "OwnPost",
    "ThreadClosed", "accept_answer", "accept_invitation", "answer", "answer_request", "ask", "ask_to_join", "change_group",
    "clear_seats", "decline_invitation", "edit_post", "flag", "give_up_seats", "hide_post", "invite", "join", "keep_post", "leave", "note_view", "offer_seats", "open_group",
    "remove_member", "reply", "restore_post", "set_role", "start_thread", "take_back_invitation", "take_seat", "take_threads_along", "vote",
    "withdraw_request",
]  # fmt: skip
