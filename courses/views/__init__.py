"""The pages of courses and of the studio."""

from .catalogue import begin, catalogue, detail, learning, review
from .figures import figure
from .lessons import complete, lesson
from .studio import edit_course, edit_lesson, publish, studio, studio_course

__all__ = [
    "begin", "catalogue", "complete", "detail", "edit_course", "edit_lesson", "figure", "learning", "lesson", "publish", "review", "studio", "studio_course",
]  # fmt: skip
