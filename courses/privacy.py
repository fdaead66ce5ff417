"""What this room stores about people, and what becomes of it when they leave."""

from core.privacy import covers, exempt

from .models import Captions, Course, Enrollment, Figure, FormerSlug, Lesson, LessonProgress, Review, Section

_NOT_A_PERSON = "it is a part of a course and says nothing about a person"

covers(
    Course,
    person="teacher",
    exporting=[
        "title",
        "slug",
        "language",
        "summary",
        "outcomes",
        "for_whom",
        "level",
        "format",
        "created_at",
        "published_at",
    ],
    omitting=dict.fromkeys(
        ["audience", "lesson_count", "minutes", "enrollment_count", "rating_count", "rating_sum"], _NOT_A_PERSON
    ),
    erasing={},
)
exempt(Course, erasure="those who bought it keep it; its teacher is shown as a former member")
covers(
    Lesson,
    person="course__teacher",
    exporting=["title", "kind", "language", "source", "updated_at"],
    omitting=dict.fromkeys(
        [
            "section",
            "level",
            "html",
            "html_version",
            "minutes",
            "order",
            "is_preview",
            "free_minutes",
            "file",
            "beginning",
            "audience",
            "import_key",
        ],
        _NOT_A_PERSON,
    ),
    erasing={},
)
exempt(Lesson, erasure="those who bought the course keep it; its teacher is shown as a former member")
for part in (Course.topics.through, FormerSlug, Section, Figure, Captions):
    exempt(part, export=_NOT_A_PERSON, erasure=_NOT_A_PERSON)
covers(
    Enrollment,
    exporting=["course__title", "course", "enrolled_at", "completed_at", "ended_at", "last_lesson", "studied_at"],
)
covers(LessonProgress, exporting=["lesson__title", "lesson", "started_at", "completed_at", "watched", "position"])
covers(
    Review,
    exporting=["course__title", "course", "rating", "body", "lessons_done", "created_at", "edited_at", "reply"],
    erasing={},
)
exempt(Review, erasure="what was written stays, under the name of a former member")
