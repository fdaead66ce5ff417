"""What each page that lists things costs in queries: the same number for one thing and for three, and few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import operations as people
from accounts.enums import Purpose
from community.models import School
from core.audience import grants, keys
from core.events.models import OutboxMessage
from courses import operations as teaching
from courses.models import Course
from forum import operations as talking
from forum.models import Board, Group, Thread
from notifications.models import Kind
from notifications.operations import notify
from payments.operations import set_price
from recsys import serving
from recsys.kinds import loading
from recsys.queries import fresh
from recsys.queries.people import KIN
from topics.models import Topic

pytestmark = pytest.mark.django_db

MOST_ON_LISTS, MOST = 15, 25

GUEST = {
    "/": 11,
    "/courses/": 6,
    "/community/": 5,
    "/search/?q=bread": 6,
    "COURSE": 11,
    "THREAD": 9,
    "/members/ada/": 6,
    "/groups/": 4,
    "GROUP": 3,
}
BEN = {
    "/": 21,
    "/?cards=40": 21,
    "/courses/": 13,
    "/community/": 11,
    "/community/?kind=question": 11,
    "/learning/": 7,
    "/notifications/": 13,
    "/leaderboard/": 10,
    "/points/": 14,
    "/search/?q=bread": 13,
    "COURSE": 16,
    "LESSON": 14,
    "THREAD": 18,
    "/members/ada/": 22,
    "/orders/": 7,
    "/groups/": 9,
    "GROUP": 17,
}
ADA = {
    "/studio/": 16,
    "STUDIO COURSE": 10,
}
LISTS = {
    "/courses/",
    "/community/",
    "/community/?kind=question",
    "/learning/",
    "/notifications/",
    "/leaderboard/",
    "/points/",
    "/search/?q=bread",
    "/orders/",
    "/groups/",
}
"""What is one list; home and studio are put together from several."""


@pytest.fixture(params=[1, 3], ids=["one", "three"])
def town(request, ada, ben, cleo, member, worker, monkeypatch):
    """A school in which there is one of everything, or three, each by somebody else."""
    # What every process asks for now and then, whoever comes, belongs to no page: on a busy machine its time came in between.
    monkeypatch.setattr(serving, "ASK_AGAIN_SECONDS", 3_600)
    monkeypatch.setattr(fresh, "_KEPT_SECONDS", 3_600)
    monkeypatch.setattr(loading._NAMES, "seconds", 3_600)
    monkeypatch.setattr(keys, "_grants", list(keys._grants))
    School.objects.create(name_zh="学园", name_en="Lyceum")
    held = []
    grants(lambda viewer: held if viewer.pk == ben.pk else [])
    groups = [_group(number, ada, ben) for number in range(request.param)]
    for number in range(request.param):
        _say_in(groups[0], number, ben, *(member(f"{name}{number}") for name in ("Grinder", "Asker", "Invited")))
        held.append(_course(number, ada, ben, member(f"Reader{number}")))
        notify(user=ben, kind=Kind.LEVEL, subject_id=number + 2, key=f"level:{number}")
    # Something that Ben has had nothing to do with, so that his home page has a card whatever the number.
    talking.start_thread(by=cleo, title="A long table", source="Who comes?", audience=["public"], language="en")
    worker()
    course = Course.objects.order_by("pk")[0]
    return {
        "COURSE": course.get_absolute_url(),
        "LESSON": course.lessons.in_order()[0].get_absolute_url(),
        "THREAD": Thread.objects.filter(board=None).order_by("pk")[0].get_absolute_url(),
        "STUDIO COURSE": f"/studio/courses/{course.pk}/",
        "GROUP": groups[0].get_absolute_url(),
    }


def _group(number, ada, ben):
    words = {f"{field}_{language}": f"Group {number}" for field in ("name", "about") for language in ("zh", "en")}
    group = talking.open_group(group=Group(slug=f"group{number}", entry="request", **words), by=ada)
    group.topics.add(Topic.objects.create(slug=f"twig{number}", name_en=f"Twig {number}", name_zh=f"芽{number}"))
    talking.invite(group=group, user=ben, by=ada)
    talking.accept_invitation(group=group, by=ben)
    talking.set_role(group=group, user=ben, role="moderator", by=ada)
    return group


def _say_in(group, number, ben, grinder, asker, invited):
    """One more member, one who asks, one who was invited, and one more thread."""
    talking.invite(group=group, user=grinder, by=ben)
    talking.accept_invitation(group=group, by=grinder)
    talking.ask_to_join(group=group, by=asker)
    talking.invite(group=group, user=invited, by=ben)
    board = Board.objects.get(group=group)
    talking.start_thread(
        by=grinder, title=f"Among ourselves {number}", source="·", audience=board.audience, board=board
    )


def _course(number, ada, ben, reader):
    branch = Topic.objects.create(slug=f"branch{number}", name_en=f"Branch {number}", name_zh=f"枝{number}")
    leaf = Topic.objects.create(slug=f"leaf{number}", name_en=f"Leaf {number}", name_zh=f"叶{number}", parent=branch)
    course = teaching.create_course(
        by=ada, title=f"Bread {number}", language="en", summary="Flour and time.", topic_ids=[leaf.pk]
    )
    lessons = [
        teaching.add_lesson(
            course=course, section=f"Part {n}", title=f"Bread {number}.{n}", source="Bread.", is_preview=True
        )
        for n in range(3)
    ]
    set_price(kind="course", subject=course.key, title=course.title, amount=0, currency="CNY", creator=ada, by=ada)
    teaching.publish_course(course=course, by=ada)
    for who in (ben, reader):
        teaching.enroll(course=course, user=who)
        teaching.complete_lesson(lesson=lessons[0], by=who)
    teaching.review_course(course=course, by=reader, rating=5, body="I bake now.")
    people.follow(member=ada, by=reader)
    _talk(lessons[0], course, ben, reader, number)
    return course.key


def _talk(lesson, course, ben, reader, number):
    about, audience = f"lesson:{lesson.pk}", ["public", "members"]
    question = talking.ask(by=ben, title=f"Why bread {number}?", source="It rose.", audience=audience, about=about)
    answer = talking.answer(question=question, by=reader, source="Bread rises by yeast.")
    talking.vote(post=answer, by=ben, is_useful=True)
    thread = talking.start_thread(
        by=reader, title=f"My bread {number}", source="Look.", audience=audience, about=course.key
    )
    talking.reply(thread=thread, by=ben, source="It looks good.")


def asked(client, path):
    """The queries of a page that was opened before, as a browser that comes back opens it."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as found:
        client.get(path)
    return len([one for one in found.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize(("who", "costs"), [("guest", GUEST), ("ben", BEN), ("ada", ADA)], ids=["guest", "ben", "ada"])
def test_a_page_costs_the_same_for_one_and_for_three(who, costs, town, ada, ben, page_of):
    client = page_of({"guest": None, "ben": ben, "ada": ada}[who])
    found = {path: asked(client, town.get(path, path)) for path in costs}
    assert found == costs, found


def test_home_costs_no_more_than_any_page_may_when_somebody_comes_for_the_first_time(town, ben, cleo, page_of):
    for member in (ben, cleo):
        people.record_consent(user=member, purpose=Purpose.FINDABLE, is_given=True)
    page_of(cleo).get("/")
    client = page_of(ben)
    with CaptureQueriesContext(connection) as found:
        client.get("/")
    assert OutboxMessage.objects.filter(kind=KIN, payload__user_id=ben.pk).exists()
    asked = [one["sql"] for one in found.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= MOST, asked


def test_the_numbers_are_within_their_goals():
    everything = [*GUEST.items(), *BEN.items(), *ADA.items()]
    assert [path for path, count in everything if count > (MOST_ON_LISTS if path in LISTS else MOST)] == []
