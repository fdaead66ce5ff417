"""What people see of the community."""

from .groups import GroupPage, group_list, group_page, groups_for, joined_by, standing_for_seat, whom_to_ask
from .talking import (
    POSTS_PER_PAGE,
    THREADS_PER_PAGE,
    ThreadList,
    ThreadPage,
    answered_lately,
    beginning_of,
    boards_of,
    longest_waiting,
    moderation_page,
    moderators_rights,
    newest,
    said_lately,
    similar,
    thread_list,
    thread_page,
    threads_about,
    unanswered,
)

__all__ = [
    "POSTS_PER_PAGE", "THREADS_PER_PAGE", "GroupPage", "ThreadList", "ThreadPage", "answered_lately", "beginning_of", "boards_of",
    "group_list", "group_page", "groups_for", "joined_by", "longest_waiting", "moderation_page", "moderators_rights", "newest",
    "said_lately", "similar", "standing_for_seat", "thread_list", "thread_page", "threads_about", "unanswered", "whom_to_ask",
]  # fmt: skip
