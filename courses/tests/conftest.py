import pytest

from core.audience import grants, keys
from courses import operations


@pytest.fixture
def course(ada):
    """A course with a free lesson and a paid one."""
    made = operations.create_course(
        by=ada, title="Reading your own books", language="en", summary="From till to table."
    )
    operations.add_lesson(
        course=made, section="One", title="A ledger is a table", source="Free to read.", is_preview=True
    )
    operations.add_lesson(course=made, section="One", title="Why refunds appear twice", source="The canary sings here.")
    return operations.publish_course(course=made, by=ada)


@pytest.fixture
def lessons(course):
    """Its lessons in order."""
    return list(course.lessons.in_order())


@pytest.fixture
def enrolled_ben(ben, course, monkeypatch):
    """Ben, who holds the course's key."""
    monkeypatch.setattr(keys, "_grants", list(keys._grants))
    grants(lambda viewer: [course.key] if viewer.pk == ben.pk else [])
    operations.enroll(course=course, user=ben)
    return ben
