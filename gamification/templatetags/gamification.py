"""What pages of other rooms show of points."""

from typing import Any

from django import template

from gamification import queries

register = template.Library()

MEDALS = {
    "lesson_completed": "book", "course_completed": "trophy", "course_reviewed": "star", "question_asked": "quiz",
    "answer_posted": "chat", "answer_accepted": "check-circle", "vote_received": "heart",
}  # fmt: skip


@register.filter
def medal_icon(rule: str) -> str:
    """The picture on a medal: what was done for it."""
    return MEDALS.get(rule, "medal")


@register.simple_tag
def points_today(*, user: Any) -> int:
    """The points that ``user`` has earned today, in their own time zone."""
    return queries.points_today(user=user)
