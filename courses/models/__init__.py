"""Courses, their sections and lessons, who studies them and how far they got."""

from .courses import Course, CourseQuerySet, Figure, FormerSlug, Level, everybody
from .lessons import Captions, Lesson, LessonQuerySet, Section
from .studying import Enrollment, LessonProgress, Review

__all__ = [
    "Captions",
    "Course",
    "CourseQuerySet",
    "Enrollment",
    "Figure",
    "FormerSlug",
    "Lesson",
    "LessonProgress",
    "LessonQuerySet",
    "Level",
    "Review",
    "Section",
    "everybody",
]
