"""What happens around courses."""

from core.events import Fact


class CoursePublished(Fact):
    course_id: int
    teacher_id: int


class Enrolled(Fact):
    course_id: int
    user_id: int


class LessonViewed(Fact):
    lesson_id: int
    course_id: int
    user_id: int


class LessonCompleted(Fact):
    lesson_id: int
    course_id: int
    user_id: int


class LessonWatched(Fact):
    """Seconds of a recording that this member had not played before."""

    lesson_id: int
    course_id: int
    user_id: int
    seconds: int


class CourseCompleted(Fact):
    course_id: int
    user_id: int


class CourseReviewed(Fact):
    course_id: int
    user_id: int
    rating: int
