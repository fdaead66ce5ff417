"""The order of a course: dragged, or step by step."""

import pytest

from courses import operations
from courses.models import Section

pytestmark = pytest.mark.django_db


@pytest.fixture
def lessons(course):
    """Three more, the last two in a section of their own."""
    for section, title in (("One", "C"), ("Two", "D"), ("Two", "E")):
        operations.add_lesson(course=course, section=section, title=title, source="Words.")
    for lesson, title in zip(course.lessons.in_order(), "ABCDE", strict=True):
        lesson.title = title
        lesson.save()
    return {lesson.title: lesson for lesson in course.lessons.in_order()}


def shown(course):
    order = course.lessons.in_order().values_list("section__title", "title")
    return " ".join(f"{section[0]}{title}" for section, title in order)


class TestSteps:
    @pytest.mark.parametrize(
        ("title", "step", "then"),
        [
            ("B", -1, "OB OA OC TD TE"),
            ("A", -1, "OA OB OC TD TE"),
            ("C", 1, "OA OB TC TD TE"),
            ("D", -1, "OA OB OC OD TE"),
            ("E", 1, "OA OB OC TD TE"),
        ],
    )
    def test_a_lesson_goes_one_place_and_across_sections(self, course, lessons, title, step, then):
        operations.move_lesson(lesson=lessons[title], step=step)
        assert shown(course) == then

    def test_a_section_takes_its_lessons_along(self, course, lessons):
        operations.move_section(section=lessons["E"].section, step=-1)
        assert shown(course) == "TD TE OA OB OC"

    def test_a_section_without_lessons_goes(self, course, lessons):
        for title in "DE":
            operations.move_lesson(lesson=lessons[title], step=-1)
        assert shown(course) == "OA OB OC OD OE"
        assert Section.objects.filter(course=course).count() == 1

    def test_another_section_for_a_lesson_that_is_edited(self, course, lessons):
        operations.edit_lesson(lesson=lessons["A"], section_title="Three")
        assert shown(course) == "OB OC TD TE TA"


class TestDragging:
    def order(self, lessons, **sections):
        ids = {"One": lessons["A"].section_id, "Two": lessons["D"].section_id}
        parts = (f"{ids[name]}:{','.join(str(lessons[t].pk) for t in titles)}" for name, titles in sections.items())
        return {"order": ";".join(parts)}

    def send(self, client, course, order):
        return client.post(f"/studio/courses/{course.pk}/arrange/", order)

    def test_a_whole_order_is_saved(self, course, lessons, ada, page_of):
        answer = self.send(page_of(ada), course, self.order(lessons, Two="EB", One="ADC"))
        assert (answer.status_code, shown(course)) == (204, "TE TB OA OD OC")

    @pytest.mark.parametrize("titles", ["ABC", "ABCDEE"])
    def test_an_order_that_misses_or_doubles_a_lesson_is_refused(self, course, lessons, ada, page_of, titles):
        answer = self.send(page_of(ada), course, self.order(lessons, One=titles))
        assert (answer.status_code, shown(course)) == (409, "OA OB OC TD TE")

    def test_lessons_of_another_course_stay_where_they_are(self, course, lessons, ada, page_of):
        other = operations.create_course(by=ada, title="Other", language="en", summary="…")
        foreign = operations.add_lesson(course=other, section="X", title="F", source="")
        order = self.order(lessons, One="ABC", Two="DE")
        order["order"] += f",{foreign.pk}"
        assert self.send(page_of(ada), course, order).status_code == 409
        foreign.refresh_from_db()
        assert foreign.course_id == other.pk

    @pytest.mark.leak
    def test_nobody_arranges_the_course_of_somebody_else(self, course, lessons, cleo, page_of):
        order = self.order(lessons, Two="ED", One="CBA")
        step = {"what": "lesson", "ident": lessons["A"].pk, "step": 1}
        client = page_of(cleo)
        assert self.send(client, course, order).status_code == 404
        assert client.post(f"/studio/courses/{course.pk}/move/", step).status_code == 404
        assert shown(course) == "OA OB OC TD TE"


class TestWithoutScripts:
    def test_the_arrows_are_forms_that_come_back_to_the_row(self, course, lessons, ada, page_of):
        client = page_of(ada)
        page = client.get(f"/studio/courses/{course.pk}/").content.decode()
        assert "Move “B” up" in page
        step = {"what": "lesson", "ident": lessons["B"].pk, "step": -1}
        answer = client.post(f"/studio/courses/{course.pk}/move/", step)
        assert answer.headers["Location"] == f"/studio/courses/{course.pk}/#lesson-{lessons['B'].pk}"
        assert shown(course) == "OB OA OC TD TE"

    def test_anything_else_is_refused(self, course, lessons, ada, page_of):
        step = {"what": "lesson", "ident": lessons["B"].pk, "step": 5}
        assert page_of(ada).post(f"/studio/courses/{course.pk}/move/", step).status_code == 404
