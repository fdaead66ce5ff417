"""A small school in which two circles of courses are studied, and a model that has seen it."""

import pytest

from courses import operations as courses
from recsys import operations, serving
from topics.models import Topic


@pytest.fixture
def _models(settings, tmp_path):
    """Models are kept in a folder of this test alone."""
    settings.MODELS_ROOT = tmp_path
    serving.forget()
    yield
    serving.forget()


@pytest.fixture
def topics(db):
    root = Topic.objects.create(slug="crafts", name_en="Crafts", name_zh="手艺")
    return [
        Topic.objects.create(slug=slug, name_en=slug.title(), name_zh=f"{slug}课", parent=root)
        for slug in ("bread", "knots")
    ]


@pytest.fixture
def shelf(ada, ben, member, topics):
    """Six courses of two teachers, three about bread and three about knots: who studies one tends to study its like."""
    yan = member("Yan")
    made = []
    for n in range(6):
        course = courses.create_course(
            by=ada if n % 2 else yan, title=f"Course number {n}", language="en", summary="One of six."
        )
        course.topics.add(topics[n // 3])
        courses.add_lesson(course=course, section="One", title=f"Lesson of {n}", source="Read.", is_preview=True)
        made.append(courses.publish_course(course=course, by=course.teacher))
    return made


@pytest.fixture
def crowd(shelf, member, worker):
    for n in range(24):
        learner = member(f"Learner{n}")
        near = shelf[:3] if n % 2 else shelf[3:]
        for course in near[: 2 + n % 2]:
            courses.enroll(course=course, user=learner)
        courses.complete_lesson(lesson=near[0].lessons.get(), by=learner)
    worker()


@pytest.fixture
def trained(crowd):
    done = operations.retrain()
    serving.forget()
    return done
