"""What happens around courses."""

from django.utils.translation import gettext_lazy as _

from core.events import Fact


class CoursePublished(Fact, called=_("A course was published")):
    course_id: int
    teacher_id: int


class Enrolled(Fact, called=_("Somebody joined a course")):
    course_id: int
    user_id: int


class LessonViewed(Fact, called=_("Somebody opened a lesson")):
    lesson_id: int
    course_id: int
    user_id: int


class LessonCompleted(Fact, called=_("Somebody finished a lesson")):
    lesson_id: int
    course_id: int
    user_id: int


class LessonWatched(Fact, called=_("Somebody played a recording")):
    """Seconds of a recording that this member had not played before."""

    lesson_id: int
    course_id: int
    user_id: int
    seconds: int


class CourseCompleted(Fact, called=_("Somebody finished a course")):
    course_id: int
    user_id: int


class CourseReviewed(Fact, called=_("Somebody rated a course")):
    course_id: int
    user_id: int
    rating: int
