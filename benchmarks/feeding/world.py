"""
A hundred thousand members and ten thousand things to recommend, written straight into the tables.

Who asks what a feed costs needs rows in the right number and shape, and none of the facts behind them: made by operations, such a
world would take an hour. Items stand in topics of a hundred, a fifth of them courses; each member is drawn to three topics and
to what is popular there. Groups have from a sixtieth to a fifth of all members, each of whom is in one or two.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, models
from django.utils import timezone

from accounts.models import User
from community.models import School
from core.audience.keys import MEMBERS, PUBLIC
from courses.models import Course, Lesson, Section
from forum.models import Board, Group, Post, Thread
from topics.models import Topic

PER_TOPIC = 100
ACTS, LOOKS, FINDABLE = 30, 20, 5
"""How many things a member has had to do with, how many cards they were shown, and that one in five may be found."""
LESSONS = 3
GROUPS, TALKS = 24, 20
"""How many groups there are, and how many threads on the board of each."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many members there are, and how many items; items come in hundreds."""

    members: int
    items: int

    @property
    def topics(self) -> int:
        """How many topics there are."""
        return self.items // PER_TOPIC


def make(size: Size) -> None:
    """Fill an empty, migrated database."""
    now = timezone.now()
    School.objects.create(name_zh="学园", name_en="Lyceum")
    topics = _topics(size.topics)
    people = _people(size.members, now)
    things = _things(size, people, topics, now)
    for said in _statements():
        _run(said, size, things, now)


def _topics(count: int) -> list[int]:
    roots = _put(Topic(slug=f"root{n}", name_en=f"Field {n}", name_zh=f"领域{n}") for n in range(max(1, count // 5)))
    leaves = (
        Topic(slug=f"leaf{n}", name_en=f"Subject {n}", name_zh=f"学科{n}", parent_id=roots[n % len(roots)])
        for n in range(count)
    )
    return _put(leaves)


def _people(count: int, now: datetime) -> list[int]:
    joined = now - timedelta(days=300)
    return _put(
        User(
            username=f"m{n}", handle_skeleton=f"m{n}", name=f"Member {n}", email=f"m{n}@many.test", password="!",
            language="en", languages_read=["en"], joined_at=joined,
        )
        for n in range(count)
    )  # fmt: skip


def _things(size: Size, people: Sequence[int], topics: Sequence[int], now: datetime) -> dict[str, int]:
    """Courses and threads; the first id of each, from which those that follow are counted."""
    numbers = range(size.items)
    courses = _put(_course(n, people, now) for n in numbers if n % 5 == 0)
    threads = _put(_thread(n, people, now) for n in numbers if n % 5)
    _put(
        Post(thread_id=pk, author_id=people[(7 * n) % len(people)], source="Some words.", html="<p>Some words.</p>", language="en", is_first=True)
        for n, pk in enumerate(threads)
    )  # fmt: skip
    sections = _put(Section(course_id=pk, title="All of it") for pk in courses)
    lessons = _put(
        Lesson(course_id=course, section_id=section, title=f"Lesson {order} of {course}", language="en", source="Words.", order=order, audience=[f"course:{course}"])
        for course, section in zip(courses, sections, strict=True) for order in range(LESSONS)
    )  # fmt: skip
    by_kind = {
        "course": (Course, courses, [n for n in numbers if n % 5 == 0]),
        "thread": (Thread, threads, [n for n in numbers if n % 5]),
    }
    for kind, (model, pks, own) in by_kind.items():
        through: Any = model.topics.through
        _put(
            through(**{f"{kind}_id": pk, "topic_id": topics[(n // 5) % len(topics)]})
            for pk, n in zip(pks, own, strict=True)
        )
    return {
        "people": people[0],
        "topics": topics[0],
        "courses": courses[0],
        "threads": threads[0],
        "lessons": lessons[0],
        "groups": _groups(people, topics, now)[0],
    }


def _groups(people: Sequence[int], topics: Sequence[int], now: datetime) -> list[int]:
    groups = _put(
        Group(slug=f"group-{n}", name_zh=f"小组{n}", name_en=f"Group {n}", about_zh="聊一聊", about_en="Talk.", order=n) for n in range(GROUPS)
    )  # fmt: skip
    _put(Group.topics.through(group_id=pk, topic_id=topics[(4 * n) % len(topics)]) for n, pk in enumerate(groups))
    boards = _put(
        Board(slug=f"group-{pk}", name_zh="小组", name_en="Group", audience=[f"group:{pk}"], group_id=pk)
        for pk in groups
    )
    talks = [
        _thread(n, people, now, board_id=board, audience=[f"group:{group}"])
        for n, (group, board) in enumerate(list(zip(groups, boards, strict=True)) * TALKS)
    ]
    _put(talks)
    _put(
        Post(thread_id=one.pk, author_id=one.author_id, source="Some words.", html="<p>Some words.</p>", language="en", is_first=True)
        for one in talks
    )  # fmt: skip
    return groups


def _course(n: int, people: Sequence[int], now: datetime) -> Course:
    return Course(
        title=f"Course number {n}", slug=f"course-{n}", language="en", teacher_id=people[(31 * n) % len(people)], summary="A course among many.",
        published_at=now - timedelta(days=20 + n % 200), lesson_count=LESSONS, rating_count=10, rating_sum=42,
    )  # fmt: skip


def _thread(n: int, people: Sequence[int], now: datetime, **where: Any) -> Thread:
    begun = now - timedelta(days=n % 200, hours=n % 24)
    return Thread(
        kind=Thread.Kind.QUESTION if n % 2 else Thread.Kind.DISCUSSION, title=f"Talk number {n}", slug=f"talk-{n}", language="en",
        author_id=people[(17 * n) % len(people)], created_at=begun, last_post_at=begun, reply_count=n % 30,
        **({"audience": [PUBLIC, MEMBERS]} | where),
    )  # fmt: skip


def _statements() -> Iterator[str]:
    """The rows of which there are millions. Rank r of a topic is drawn by a square: the first ones are had by many."""
    yield "SELECT setseed(0.5)"
    yield """
        CREATE TEMPORARY TABLE acts AS
        SELECT m, (rank / 5) * %(topics)s * 5 + topic * 5 + rank %% 5 AS n, %(now)s - random() * interval '200 days' AS at
        FROM generate_series(0, %(members)s - 1) AS m, generate_series(1, %(acts)s) AS k,
        LATERAL (SELECT ((m * 7919 + (k %% 3) * 104729) %% %(topics)s)::int AS topic, floor(100 * power(random(), 2))::int AS rank) AS drawn
    """
    yield """
        INSERT INTO recsys_interaction (user_id, item, weight, happened_at)
        SELECT %(people)s + m, CASE WHEN n %% 5 = 0 THEN 'course:' || %(courses)s + n / 5 ELSE 'thread:' || %(threads)s + n - n / 5 - 1 END,
        CASE WHEN n %% 5 = 0 THEN 1.0 ELSE 0.3 END, at FROM acts ON CONFLICT DO NOTHING
    """
    yield """
        INSERT INTO courses_enrollment (user_id, course_id, enrolled_at, studied_at)
        SELECT %(people)s + m, %(courses)s + n / 5, at, at FROM acts WHERE n %% 5 = 0 ON CONFLICT DO NOTHING
    """
    yield """
        INSERT INTO courses_lessonprogress (user_id, lesson_id, started_at, completed_at, watched, position)
        SELECT user_id, %(lessons)s + (course_id - %(courses)s) * %(of_each)s, studied_at, studied_at, '[]', 0 FROM courses_enrollment
    """
    yield """
        INSERT INTO recsys_interaction (user_id, item, weight, happened_at)
        SELECT user_id, 'lesson:' || lesson_id, 1.0, completed_at FROM courses_lessonprogress
    """
    yield """
        UPDATE courses_course SET enrollment_count = found.many
        FROM (SELECT course_id, count(*) AS many FROM courses_enrollment GROUP BY course_id) AS found WHERE id = course_id
    """
    yield """
        INSERT INTO recsys_impression (user_id, item, day, source)
        SELECT %(people)s + m, 'thread:' || %(threads)s + (m * 31 + k * 17) %% (%(items)s * 4 / 5), %(now)s::date - k %% 5, 'model'
        FROM generate_series(0, %(members)s - 1) AS m, generate_series(1, %(looks)s) AS k ON CONFLICT DO NOTHING
    """
    yield """
        INSERT INTO accounts_consent (user_id, purpose, is_given, text_version, recorded_at)
        SELECT %(people)s + m, 'findable', true, 'bench', %(now)s FROM generate_series(0, %(members)s - 1, %(findable)s) AS m
    """
    yield """
        INSERT INTO accounts_topicfollow (user_id, topic_id, created_at)
        SELECT %(people)s + m, %(topic)s + (m * 7919) %% %(topics)s, %(now)s FROM generate_series(0, %(members)s - 1) AS m
    """
    yield """
        INSERT INTO forum_groupmember (group_id, user_id, role, is_bought, joined_at)
        SELECT %(groups)s + g, %(people)s + m, 'member', false, %(now)s - (m %% 200) * interval '1 day'
        FROM generate_series(0, %(many_groups)s - 1) AS g, generate_series(0, %(members)s - 1) AS m WHERE (m + g) %% (5 * (1 + g %% 12)) = 0
    """
    yield """
        INSERT INTO accounts_follow (follower_id, followed_id, created_at)
        SELECT %(people)s + m, %(people)s + (31 * 5 * (m %% 97)) %% %(members)s, %(now)s FROM generate_series(0, %(members)s - 1) AS m
        WHERE m <> (31 * 5 * (m %% 97)) %% %(members)s
    """


def _run(statement: str, size: Size, first: dict[str, int], now: datetime) -> None:
    values = {
        **first, "topic": first["topics"], "topics": size.topics, "members": size.members, "items": size.items, "now": now,
        "acts": ACTS, "looks": LOOKS, "findable": FINDABLE, "of_each": LESSONS, "many_groups": GROUPS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statement, values)


def _put(rows: Iterable[models.Model]) -> list[int]:
    """Insert ``rows`` and return their ids; of one table, nobody else writes into it, so they follow on each other."""
    made: list[int] = []
    waiting = iter(rows)
    while part := list(islice(waiting, 5_000)):
        made += [row.pk for row in type(part[0])._default_manager.bulk_create(part)]  # noqa: SLF001 - Django's public name for it
    return made
