"""What teachers and learners do with courses."""

from .arranging import NotItsLessons, arrange, move_lesson, move_section
from .authoring import add_lesson, change_slug, create_course, edit_lesson, publish_course, recount
from .enrolling import end_enrollment, enroll
from .files import (
    attach_file,
    lesson_of,
    offer_beginning,
    remove_captions,
    remove_file,
    set_captions,
    use_captions,
    use_file,
)
from .importing import ImportRefused, ImportReport, import_folder
from .learning import complete_lesson, note_lesson_view
from .reviewing import NotStudiedEnough, review_course
from .watching import FasterThanTime, note_watched

__all__ = [
    "FasterThanTime",
    "ImportRefused",
    "ImportReport",
    "NotItsLessons",
    "NotStudiedEnough",
    "add_lesson",
    "arrange",
    "attach_file",
    "change_slug",
    "complete_lesson",
    "create_course",
    "edit_lesson",
    "end_enrollment",
    "enroll",
    "import_folder",
    "lesson_of",
    "move_lesson",
    "move_section",
    "note_lesson_view",
    "note_watched",
    "offer_beginning",
    "publish_course",
    "recount",
    "remove_captions",
    "remove_file",
    "review_course",
    "set_captions",
    "use_captions",
    "use_file",
]
