"""The pages of the community."""

from .groups import act_in_group, answer_request, group, groups, invite, keep_member
from .posts import accept, edit, flag, preview, vote, write
from .threads import ask, community, similar, start, thread

__all__ = [
    "accept", "act_in_group", "answer_request", "ask", "community", "edit", "flag", "group", "groups", "invite", "keep_member",
    "preview", "similar", "start", "thread", "vote", "write",
]  # fmt: skip
