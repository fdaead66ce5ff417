"""The teacher's studio keeps itself true while it is open."""

import re

import pytest

from core.realtime.testing import said_in
from courses import queries
from forum import operations as forum

pytestmark = pytest.mark.django_db


def told(user):
    """What the studio of ``user`` was told: what was done to which element, and the figure in it."""
    said = said_in(f"teacher:{user.pk}")
    figures = [re.findall(r'stat-value">([^<]*)<', one.html.get("en", "")) for one in said]
    return [(one.action, one.target, *found) for one, found in zip(said, figures, strict=True)]


@pytest.fixture
def question(lessons, course, enrolled_ben):
    return forum.ask(
        by=enrolled_ben, title="Why?", source="Why?", audience=[course.key, "staff"], about=f"lesson:{lessons[1].pk}"
    )


def test_a_question_comes_into_the_list_and_is_counted_and_goes_when_it_is_solved(ada, ben, question, worker):
    worker()
    answer = forum.answer(question=question, by=ada, source="So.")
    forum.accept_answer(answer=answer, by=ben)
    worker()
    studio = [one for one in told(ada) if one[1] != "points-today"]
    assert studio == [
        ("prepend", "waiting"), ("replace", "waiting-count", "1"),
        ("remove", f"waiting-{question.pk}"), ("replace", "waiting-count", "0"),
    ]  # fmt: skip


def test_the_youngest_question_comes_first_and_who_waits_longest_is_named(
    ada, ben, course, lessons, enrolled_ben, page_of
):
    asked = [
        forum.ask(
            by=ben, title=f"Why {number}?", source="Why?", audience=[course.key, "staff"], about=f"lesson:{lesson.pk}"
        )
        for number, lesson in enumerate([lessons[0], lessons[1], lessons[0], lessons[1]])
    ]
    page = page_of(ada).get("/studio/").content.decode()
    assert re.findall(r'id="waiting-(\d+)"', page) == [str(one.pk) for one in reversed(asked)]
    [longest] = re.findall(r'Waits longest:</span> <a href="([^"]*)"', page)
    assert longest == asked[0].get_absolute_url()


def test_points_are_told_to_the_studio_of_a_teacher_and_to_nobody_elses(ada, ben, question, worker):
    answer = forum.answer(question=question, by=ada, source="So.")
    forum.accept_answer(answer=answer, by=ben)
    worker()
    assert [one for one in told(ada) if one[1] == "points-today"][-1] == ("replace", "points-today", "28")
    assert told(ben) == []


@pytest.mark.leak
def test_only_the_teacher_listens_to_their_studio(ada, cleo, course):
    from core.realtime.guarding import may_listen

    assert [may_listen(viewer=who, stream=f"teacher:{ada.pk}") for who in (ada, cleo)] == [True, False]


def test_who_has_a_course_is_found_among_many(ada, ben, course):
    assert list(queries.teachers_among(user_ids=[ada.pk, ben.pk])) == [ada]


def test_a_course_without_a_price_is_not_published_but_given_one_first(ada, course, page_of):
    from courses.models import Course

    Course.objects.filter(pk=course.pk).update(published_at=None)
    answer = page_of(ada).post(f"/studio/courses/{course.pk}/publish/", follow=True)
    assert answer.redirect_chain == [(f"/studio/courses/{course.pk}/edit/", 302)]
    assert "Give it a price first. 0 makes it free." in answer.content.decode()
    assert Course.objects.get(pk=course.pk).published_at is None


@pytest.fixture
def _sells_in_dollars(monkeypatch):
    from payments import currencies

    monkeypatch.setattr(currencies, "_says", [lambda: "USD"])


def typed(**fields):
    return {"title": "Sums", "summary": "One and one.", "language": "en", "level": "beginner", "format": "talk", "price": "49", "outcomes": "", "for_whom": "", **fields}  # fmt: skip


@pytest.mark.usefixtures("_sells_in_dollars")
def test_a_course_is_priced_in_the_currency_of_the_school(ada, page_of):
    from courses.models import Course
    from payments.models import Product

    assert "(USD)" in page_of(ada).get("/studio/courses/new/").content.decode()
    page_of(ada).post("/studio/courses/new/", typed())
    product = Product.objects.get(subject=Course.objects.get(title="Sums").key)
    assert (product.price_minor, product.currency) == (4900, "USD")


def test_a_price_keeps_its_currency_when_the_school_takes_another_one(ada, page_of, monkeypatch):
    from courses.models import Course
    from payments import currencies
    from payments.models import Product

    page_of(ada).post("/studio/courses/new/", typed())
    course = Course.objects.get(title="Sums")
    monkeypatch.setattr(currencies, "_says", [lambda: "USD"])
    page_of(ada).post(f"/studio/courses/{course.pk}/edit/", typed(price="59"))
    product = Product.objects.get(subject=course.key)
    assert (product.price_minor, product.currency) == (5900, "CNY")


def test_a_course_that_is_saved_as_it_is_keeps_its_topics_and_its_language(ada, page_of):
    from courses import operations
    from topics.models import Topic

    branch = Topic.objects.create(slug="data", name_en="Data", name_zh="数据")
    leaf = Topic.objects.create(slug="tables", name_en="Tables", name_zh="表", parent=branch)
    course = operations.create_course(
        by=ada, title="读懂账本", language="zh-hans", summary="从收银机到表。", topic_ids=[leaf.pk]
    )
    page = page_of(ada)
    form = page.get(f"/studio/courses/{course.pk}/edit/", headers={"Accept-Language": "en"}).context["form"]
    shown = {field.name: field.value() for field in form if field.value() is not None}
    page.post(f"/studio/courses/{course.pk}/edit/", shown, headers={"Accept-Language": "en"})
    course.refresh_from_db()
    assert (course.language, list(course.topics.all())) == ("zh-hans", [leaf])
