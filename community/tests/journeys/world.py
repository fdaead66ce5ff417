"""The journeys' school: the cast, two more teachers, a crowd whose acts a model can learn from."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

import accounts.operations
import courses.operations
import forum.operations
import payments.operations
import recsys.operations
from accounts.models import User
from community.models import School
from community.opening.operations import load_legal_drafts
from core.events.operations import Busy
from core.events.testing import settle, work
from courses.models import Course, Enrollment, Lesson
from forum.models import Board, Thread
from payments.enums import Cause
from payments.models import Product, Tier
from recsys.models import Interaction
from surveys.models import Choice, Effect, Question, Survey
from topics.models import Topic

from .written import BOOKS, CROWD, TOPICS, Book

CAST = {"ada": "Ada Lin", "ben": "Ben Hartley", "cleo": "Cleo Marin", "dora": "Dora Wen", "eli": "Eli Yi"}
TEACHERS_PASSWORD = "chalk dust on both sleeves"
TEACHERS = {"vera": "Vera Stern", "omar": "Omar Said", "ling": "Ling Zhao"}
OPEN = ["public", "members"]
HOW_FAR = {True: (1, 2, 1, 2), False: (1, 2, 3, 3)}
"""How many lessons one learner after the other has done, of the first course and of the others: half stop where they began."""


@dataclass
class World:
    """Who and what there is."""

    people: dict[str, User] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    courses: dict[str, list[Course]] = field(default_factory=dict)
    threads: dict[int, list[tuple[int, Thread]]] = field(default_factory=dict)
    """By course: the number of the lesson that each came from, and the thread."""


def make() -> World:
    """Write the school, let the listeners read what happened in it, and train its model."""
    world = World()
    _found(world)
    for language, books in BOOKS.items():
        world.courses[language] = [_publish(world, book, language) for book in books]
        _live(world, language)
    _offer_membership(world)
    learn()
    return world


def learn():
    """Let the listeners read what happened, and train a model on it."""
    _catch_up()
    trained = recsys.operations.retrain()
    assert trained.is_in_service, trained.model.refused_because
    _catch_up()


def _catch_up(*, seconds=60):
    """Let everyone read; where a site lives already its own worker may be at it, and is waited for."""
    settle()
    until = time.monotonic() + seconds
    while True:
        try:
            return work()
        except Busy:
            assert time.monotonic() < until, "the site's own worker does not come to an end"
            time.sleep(0.05)


def _found(world):
    School.objects.create(
        name_zh="灯塔学社", name_en="Lighthouse School", tagline_zh="学一件做得完的事。", tagline_en="Learn a thing you can finish.",
        promise_zh="一个月后，你会有一件自己做完的事。", promise_en="In a month you will have finished one thing of your own.",
        for_whom_zh="给自己管账、写信、第一次写程序的人。", for_whom_en="For people who do their own books, letters and first programs.",
    )  # fmt: skip
    load_legal_drafts()
    Board.objects.create(slug="square", name_zh="随便聊聊", name_en="The square", audience=OPEN)
    for slug, (zh, en, leaves) in TOPICS.items():
        parent = Topic.objects.create(slug=slug, name_zh=zh, name_en=en)
        for leaf, names in leaves.items():
            world.topics[leaf] = Topic.objects.create(slug=leaf, name_zh=names[0], name_en=names[1], parent=parent)
    _survey(world)
    for username, name in (CAST | TEACHERS).items():
        language = "zh-hans" if username == "ling" else "en"
        world.people[username] = _join(
            username, name, language, is_staff=username in {"dora", "eli"}, is_superuser=username == "eli"
        )
    world.people["dora"].user_permissions.set(Permission.objects.filter(content_type__app_label="forum"))


def _join(username, name, language, **fields):
    user = User(
        username=username,
        name=name,
        email=f"{username}@lighthouse.test",
        language=language,
        languages_read=[language],
        **fields,
    )
    if username in TEACHERS:
        user.set_password(TEACHERS_PASSWORD)
    else:
        user.set_unusable_password()
    return accounts.operations.join(user=user, is_verified=True)


def _survey(world):
    survey = Survey.objects.create(
        slug="onboarding", title_zh="你想学会什么？", title_en="What would you like to learn?", opened_at=timezone.now()
    )
    question = Question.objects.create(
        survey=survey,
        kind=Question.Kind.MULTIPLE,
        text_zh="哪些事你想做得更好？",
        text_en="What would you like to do better?",
        place=1,
    )
    for place, topic in enumerate(world.topics.values()):
        choice = Choice.objects.create(question=question, text_zh=topic.name_zh, text_en=topic.name_en, place=place)
        Effect.objects.create(choice=choice, topic=topic, weight=5)


def _publish(world, book: Book, language):
    teacher = world.people[book.teacher]
    course = courses.operations.create_course(
        by=teacher, title=book.title, language=language, topic_ids=[world.topics[book.topic].pk], summary=book.summary,
        outcomes=list(book.outcomes), for_whom=list(book.for_whom),
    )  # fmt: skip
    for number, (title, source) in enumerate(book.lessons.items()):
        courses.operations.add_lesson(
            course=course, section=book.section, title=title, source=source, minutes=8, is_preview=number == 0
        )
    payments.operations.set_price(
        kind="course", subject=course.key, title=course.title, amount=book.price_minor, currency="CNY", creator=teacher, by=teacher,
        language=language, refund_days=14,
    )  # fmt: skip
    courses.operations.publish_course(course=course, by=teacher, at=timezone.now() - timedelta(days=30))
    return course


def _offer_membership(world):
    """The books are included in it; what the story buys is not."""
    owner = world.people["eli"]
    tier = Tier.objects.create(
        slug="reader",
        name_zh="读者",
        name_en="Reader",
        gives_zh=["每月一次答疑"],
        gives_en=["A question hour every month"],
    )
    payments.operations.set_plan(tier=tier, period="month", amount=3_900, currency="CNY", by=owner)
    for courses_of_a_language in world.courses.values():
        books = Product.objects.get(subject=courses_of_a_language[-1].key)
        payments.operations.include(tier=tier, product=books, by=owner)


def _live(world, language):
    """Half the crowd programs, a quarter writes, a quarter keeps books; each reads the talk about where they are."""
    crowd = [_join(f"{language}-{n}", name, language) for n, name in enumerate(CROWD[language])]
    python, writing, books = world.courses[language]
    groups = {python: crowd[:8], writing: crowd[8:12], books: crowd[12:]}
    for (course, learners), book in zip(groups.items(), BOOKS[language], strict=True):
        world.threads[course.pk] = _talk(world, course, book, learners, language)
        for n, learner in enumerate(learners):
            _study(course, learner, lessons=HOW_FAR[course is python][n % 4], threads=world.threads[course.pk])
        courses.operations.review_course(course=course, by=learners[-1], rating=5, body=book.review)


def find_learners(world, course):
    """Let eight new members study ``course``, and read of what is like it; and let a model learn of it."""
    for n in range(8):
        learner = _join(f"tools-{n}", f"Toolmaker {n}", course.language)
        _study(course, learner, lessons=HOW_FAR[True][n % 4], threads=world.threads[world.courses["en"][0].pk])
    learn()


def forget(course):
    """As if nobody had studied ``course``, for the stories that come after it."""
    learners = Enrollment.objects.filter(course=course).values("user")
    Interaction.objects.filter(user__in=learners).delete()
    learn()


def _talk(world, course, book, learners, language):
    found = []
    for n, (title, (lesson, asked, answered)) in enumerate(book.threads.items()):
        asker, answerer = learners[n % len(learners)], learners[(n + 1) % len(learners)]
        at = timezone.now() - timedelta(days=20, minutes=10 * n)
        thread = forum.operations.ask(
            by=asker,
            title=title,
            source=asked,
            audience=OPEN,
            topic_ids=[world.topics[book.topic].pk],
            language=language,
            at=at,
        )
        answer = forum.operations.answer(
            question=thread, by=answerer, source=answered, language=language, at=at + timedelta(minutes=5)
        )
        if n == 0:
            forum.operations.accept_answer(answer=answer, by=asker)
        found.append((lesson, thread))
    return found


def _study(course, learner, *, lessons, threads):
    """Complete the first ``lessons`` of ``course`` and read what was asked about the last of them."""
    at = timezone.now() - timedelta(days=2)
    payments.operations.grant(
        user=learner, key=course.key, cause=Cause.STAFF, by=course.teacher, reason="one of the first"
    )
    for number, lesson in enumerate(Lesson.objects.filter(course=course).in_order()[:lessons]):
        courses.operations.note_lesson_view(lesson=lesson, by=learner, at=at + timedelta(hours=number))
        courses.operations.complete_lesson(lesson=lesson, by=learner, at=at + timedelta(hours=number, minutes=9))
    for lesson, thread in threads:
        if lesson == lessons - 1 and thread.author_id != learner.pk:
            forum.operations.note_view(thread=thread, by=learner)
