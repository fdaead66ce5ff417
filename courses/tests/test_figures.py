"""Drawings are as open as the lessons that show them, and a lesson shows the drawing as it is now."""

import pytest
from django.test import Client

from courses.models import Course, Figure, Lesson
from courses.operations import import_folder, publish_course

pytestmark = pytest.mark.django_db

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h{size}"/></svg>'


@pytest.fixture
def folder(tmp_path):
    """Two lessons, the first one free, each with a drawing."""
    for name, is_free in (("free", "true"), ("paid", "false")):
        (tmp_path / f"{name}.svg").write_text(DRAWING.format(size=1), encoding="utf-8")
        text = f"---\ntitle: {name}\npreview: {is_free}\n---\n\nLook:\n\n![A line]({name}.svg)\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def drawn(folder, ada):
    """The course of that folder, published."""
    return publish_course(course=bring(folder, ada), by=ada)


def bring(folder, ada):
    return import_folder(folder=folder, by=ada, title="Lines", language="en").course


def seen_by(user, name):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(Figure.objects.get(name=f"{name}.svg").get_absolute_url()).status_code


def test_the_drawing_of_a_paid_lesson_is_not_for_cleo_who_did_not_pay(drawn, cleo):
    assert (seen_by(None, "paid"), seen_by(cleo, "paid")) == (404, 404)


def test_the_drawing_of_a_free_lesson_is_for_everybody(drawn, cleo):
    assert (seen_by(None, "free"), seen_by(cleo, "free")) == (200, 200)


def test_the_teacher_sees_a_drawing_that_no_lesson_shows_yet(drawn, ada):
    Lesson.objects.all().delete()
    assert seen_by(ada, "paid") == 200


def test_a_drawing_that_becomes_free_with_its_lesson_is_for_everybody(drawn, cleo):
    lesson = Lesson.objects.get(title="paid")
    lesson.is_preview = True
    lesson.audience = lesson.opens_to()
    lesson.save()
    assert seen_by(cleo, "paid") == 200


def test_a_lesson_shows_the_drawing_that_was_changed_beside_an_unchanged_text(folder, drawn, ada):
    (folder / "paid.svg").write_text(DRAWING.format(size=2), encoding="utf-8")
    bring(folder, ada)
    assert Figure.objects.get(name="paid.svg").get_absolute_url() in Lesson.objects.get(title="paid").html
    assert Figure.objects.get(name="free.svg").get_absolute_url() in Lesson.objects.get(title="free").html
    assert Course.objects.count() == 1
