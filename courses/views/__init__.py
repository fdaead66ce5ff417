"""The pages of courses and of the studio."""

from .catalogue import begin, catalogue, detail, learning, review
from .figures import figure
from .lessons import complete, lesson, watched
from .studio import arrange, edit_course, edit_lesson, move, publish, studio, studio_course

__all__ = [
    "arrange", "begin", "catalogue", "complete", "detail", "edit_course", "edit_lesson", "figure", "learning", "lesson", "move", "publish",
    "review", "studio", "studio_course", "watched",
]  # fmt: skip
