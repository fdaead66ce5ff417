"""What teachers and learners do with courses."""

from .authoring import add_lesson, change_slug, create_course, edit_lesson, publish_course, recount
from .enrolling import end_enrollment, enroll
from .importing import ImportRefused, ImportReport, import_folder
from .learning import complete_lesson, note_lesson_view
from .reviewing import NotStudiedEnough, review_course

__all__ = [
    "ImportRefused", "ImportReport", "NotStudiedEnough", "add_lesson", "change_slug", "complete_lesson", "create_course",
    "edit_lesson", "end_enrollment", "enroll", "import_folder", "note_lesson_view", "publish_course", "recount", "review_course",
]  # fmt: skip
