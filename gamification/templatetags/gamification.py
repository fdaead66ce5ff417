"""What pages of other rooms show of points."""

from typing import Any

from django import template

from gamification import queries

register = template.Library()


@register.simple_tag
def points_today(*, user: Any) -> int:
    """The points that ``user`` has earned today, in their own time zone."""
    return queries.points_today(user=user)
