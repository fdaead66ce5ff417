"""Boards, threads, posts, votes and flags; groups, who is in them and who waits to be."""

from .groups import Group, GroupMember, Invitation, JoinRequest
from .talking import Answer, Board, Flag, Post, Question, Revision, Thread, ThreadQuerySet, Vote

__all__ = [
    "Answer", "Board", "Flag", "Group", "GroupMember", "Invitation", "JoinRequest", "Post", "Question", "Revision", "Thread",
    "ThreadQuerySet", "Vote",
]  # fmt: skip
