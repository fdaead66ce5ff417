"""The keys of those who teach."""

from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from core import audience

from .models import Course

TEACHERS = "teachers"
"""Held by everybody who has a course."""


@audience.grants_by_rows
def teaching(viewer: int, now: Any) -> QuerySet[Any, Any]:
    """The keys of the viewer's own courses: what learners write under a paid lesson, its teacher must be able to read."""
    mine = Course.objects.filter(teacher_id=viewer).order_by()
    key = Concat(Value("course:"), Cast(F("pk"), CharField()))
    return mine.values_list(key).union(mine.values_list(Value(TEACHERS)))
