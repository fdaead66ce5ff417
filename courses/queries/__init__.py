"""What people see of courses."""

from .offering import (
    COURSES_PER_PAGE,
    Catalogue,
    catalogue,
    count_by_language,
    done_in,
    offered_by,
    reviews,
)
from .reading import (
    LessonState,
    Outline,
    captions_of,
    may_read,
    may_see,
    outline,
)
from .studying import (
    Resume,
    completed_lessons,
    continue_learning,
    enrollment_of,
    learning,
    next_lessons,
    paid_lessons_completed,
    progress_in,
)
from .teaching import (
    arranged,
    drop_off,
    references_of,
    sales_today,
    sellers_in,
    taught_by,
    teachers_among,
)

__all__ = [
    "COURSES_PER_PAGE",
    "Catalogue",
    "LessonState",
    "Outline",
    "Resume",
    "arranged",
    "captions_of",
    "catalogue",
    "completed_lessons",
    "continue_learning",
    "count_by_language",
    "done_in",
    "drop_off",
    "enrollment_of",
    "learning",
    "may_read",
    "may_see",
    "next_lessons",
    "offered_by",
    "outline",
    "paid_lessons_completed",
    "progress_in",
    "references_of",
    "reviews",
    "sales_today",
    "sellers_in",
    "taught_by",
    "teachers_among",
]
