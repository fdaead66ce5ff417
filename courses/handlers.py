"""What courses do when something happens below them: search, and the teacher's list of questions, live."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import events
from core.realtime import sending
from core.search.documents import Document
from core.search.operations import index_many
from forum.about import describe
from forum.events import AnswerAccepted, QuestionAsked
from forum.models import Thread
from forum.queries import unanswered
from payments.events import EntitlementEnded, OrderPaid
from payments.models import Entitlement
from payments.queries import holds, included_keys

from . import operations, queries
from .events import CoursePublished
from .models import Course, CourseQuerySet, Lesson

searches = events.listener("courses.search", called=_("Search in courses"))
memberships = events.listener("courses.memberships", called=_("Courses of memberships"))
# A page that is opened later reads the list itself.
listens = events.listener("courses.studio", called=_("Questions in the studio"), within=timedelta(days=1))


@memberships(EntitlementEnded)
def end_what_the_tier_included(fact: EntitlementEnded) -> None:
    """
    A membership is over: its courses are no longer studied, unless they were bought or given too.

    The keys are gone already; this is the note of it.
    """
    entitlement = Entitlement.objects.select_related("user").filter(pk=fact.entitlement_id).first()
    if entitlement is None:
        return
    keys = [key for key in included_keys(tier_key=entitlement.key) if not holds(user=entitlement.user, key=key)]
    for course in Course.objects.filter(
        pk__in=[int(key.removeprefix("course:")) for key in keys if key.startswith("course:")]
    ):
        operations.end_enrollment(course=course, user=entitlement.user)


@searches(CoursePublished)
def index_course(fact: CoursePublished) -> None:
    """Let the course and each of its lessons be found, each by whoever may see it."""
    course = Course.objects.filter(pk=fact.course_id)
    index_many([*course_documents(course), *lesson_documents(course)])


def course_documents(courses: CourseQuerySet) -> Iterator[Document]:
    """What may be found of the published ones among ``courses``."""
    for course in courses.published().select_related("teacher").prefetch_related("topics"):
        yield Document(
            kind="course", object_id=course.pk, title=course.title, language=course.language, audience=course.audience,
            body="\n".join([course.summary, str(course.teacher), *course.outcomes]), url=course.get_absolute_url(),
            author_id=course.teacher_id, topic_ids=[topic.pk for topic in course.topics.all()], happened_at=course.published_at,
        )  # fmt: skip


def lesson_documents(courses: CourseQuerySet) -> Iterator[Document]:
    """What may be found of the lessons of the published ones among ``courses``, by those who hold a key to each."""
    lessons = Lesson.objects.filter(course__in=courses.published()).select_related("course")
    for lesson in lessons.prefetch_related("course__topics"):
        yield Document(
            kind="lesson", object_id=lesson.pk, title=lesson.title, body=lesson.source, language=lesson.language,
            audience=lesson.audience, url=lesson.get_absolute_url(), author_id=lesson.course.teacher_id,
            topic_ids=[topic.pk for topic in lesson.course.topics.all()], happened_at=lesson.updated_at,
        )  # fmt: skip


@listens(QuestionAsked)
def show_the_teacher(fact: QuestionAsked) -> None:
    """Let the question appear in the studio of whoever teaches what it stands under."""
    question = Thread.objects.select_related("author").filter(pk=fact.question_id).first()
    about = describe(question.about, viewer=question.author) if question and question.about else None
    if question is not None and about is not None and about.teacher_id:
        sending.send(
            stream=f"teacher:{about.teacher_id}", action="prepend", target="waiting", template="courses/waiting_row.html",
            context={"thread": question},
        )  # fmt: skip
        _count_the_waiting(about.teacher_id)


@listens(AnswerAccepted)
def clear_for_the_teacher(fact: AnswerAccepted) -> None:
    """Take the question off the studio's list."""
    question = Thread.objects.select_related("author").filter(pk=fact.question_id).first()
    about = describe(question.about, viewer=question.author) if question and question.about else None
    if about is not None and about.teacher_id:
        sending.send(stream=f"teacher:{about.teacher_id}", action="remove", target=f"waiting-{fact.question_id}")
        _count_the_waiting(about.teacher_id)


@listens(OrderPaid)
def count_the_sale(fact: OrderPaid) -> None:
    """Let the studio of everybody whose work was sold say what today has brought."""
    for teacher in queries.sellers_in(order_id=fact.order_id):
        sending.send(
            stream=f"teacher:{teacher.pk}", action="replace", target="sales-today", template="courses/sales_today.html",
            context={"sales": queries.sales_today(teacher=teacher)},
        )  # fmt: skip


def _count_the_waiting(teacher_id: int) -> None:
    teacher = User.objects.get(pk=teacher_id)
    count = len(unanswered(viewer=teacher, references=queries.references_of(teacher=teacher)))
    sending.send(
        stream=f"teacher:{teacher_id}", action="replace", target="waiting-count", template="courses/waiting_count.html",
        context={"count": count},
    )  # fmt: skip
