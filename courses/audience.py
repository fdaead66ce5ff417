"""The keys of those who teach."""

from collections.abc import Iterator
from typing import Any

from core import audience

from .models import Course

TEACHERS = "teachers"
"""Held by everybody who has a course."""


@audience.grants
def teaching(viewer: Any) -> Iterator[str]:
    """The keys of the viewer's own courses: what learners write under a paid lesson, its teacher must be able to read."""
    mine = Course.objects.filter(teacher_id=viewer.pk).values_list("pk", flat=True)
    for pk in mine:
        yield f"course:{pk}"
    if mine:
        yield TEACHERS
