"""What members do, and what it earns; reversed when its cause is gone."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from core import events
from core.events import Fact
from core.realtime import sending
from courses.events import CourseCompleted, CourseReviewed, LessonCompleted
from courses.queries import paid_lessons_completed, teachers_among
from forum.events import AnswerAccepted, AnswerPosted, PostHidden, PostRestored, PostVoted, QuestionAsked
from forum.models import Post, Vote
from payments.enums import EndCause
from payments.events import EntitlementEnded
from payments.models import Entitlement
from payments.queries import holds, included_keys

from . import operations, queries
from .events import PointsGiven
from .operations import Merit

# Not rebuildable: points live in the ledger, where nothing is thrown away; ``rebuild_totals`` adds the days up anew.
listens = events.listener("gamification.points", called=_("Points and badges"))
# A page that is opened later counts for itself.
studios = events.listener("gamification.studio", called=_("Points in the studio"), within=timedelta(days=1))


@listens.in_bulk(
    LessonCompleted, CourseCompleted, CourseReviewed, QuestionAsked, AnswerPosted, AnswerAccepted, PostVoted
)
def reward(facts: Sequence[Fact]) -> None:
    """Give the points that a batch of facts earns."""
    operations.give_many([merit for fact in facts if (merit := merit_of(fact)) is not None])


def merit_of(fact: Fact) -> Merit | None:
    """The act in ``fact`` that earns points; None for what one does for oneself."""
    match fact:
        case LessonCompleted():
            return _merit(fact, fact.user_id, "lesson_completed", f"lesson:{fact.lesson_id}")
        case CourseCompleted():
            return _merit(fact, fact.user_id, "course_completed", f"course:{fact.course_id}")
        case CourseReviewed():
            return _merit(fact, fact.user_id, "course_reviewed", f"course:{fact.course_id}")
        case QuestionAsked():
            return _merit(fact, fact.author_id, "question_asked", f"thread:{fact.question_id}")
        case AnswerPosted() if fact.answerer_id != fact.asker_id:
            return _merit(fact, fact.answerer_id, "answer_posted", f"post:{fact.answer_id}")
        case AnswerAccepted() if fact.answerer_id != fact.asker_id:
            return _merit(fact, fact.answerer_id, "answer_accepted", f"thread:{fact.question_id}")
        case PostVoted() if fact.value:
            return _merit(fact, fact.author_id, "vote_received", _vote(fact))
    return None


@listens(PostVoted)
def take_back_for_unvoted(fact: PostVoted) -> None:
    """
    A vote that is taken back takes its points along.

    A batch hands over its votes first and then, one by one, what took some of them back; that equals taking the facts in
    their order, since a vote is rewarded once and its reward taken back once, however often it is given.
    """
    if not fact.value:
        operations.take_back(user_id=fact.author_id, rule="vote_received", source=_vote(fact))


@listens(PostHidden)
def take_back_for_hidden(fact: PostHidden) -> None:
    """What a hidden post earned is taken back."""
    for rule, source in _earned_by(fact.post_id):
        operations.take_back(user_id=fact.author_id, rule=rule, source=source)


@listens(PostRestored)
def give_again_for_restored(fact: PostRestored) -> None:
    """What a restored post had earned is given again."""
    for rule, source in _earned_by(fact.post_id):
        operations.give_again(user_id=fact.author_id, rule=rule, source=source, at=fact.happened_at)


@listens(EntitlementEnded)
def take_back_for_refunded(fact: EntitlementEnded) -> None:
    """What was earned before the money went back, and had not been given yet, is taken back too."""
    ended = Entitlement.objects.select_related("user").filter(pk=fact.entitlement_id).first()
    if ended is not None:
        take_back_with_the_money(ended)


def take_back_with_the_money(ended: Entitlement) -> None:
    """
    Money that goes back takes along what was earned with what it had opened; a membership that runs out does not.

    It is one transaction with the refund. Lessons that anybody may read, and courses that are still held for another
    reason, keep their points.
    """
    if ended.end_cause not in {EndCause.REFUND, EndCause.CHARGEBACK}:
        return
    for course_id in _courses_lost(ended):
        for lesson_id in paid_lessons_completed(user=ended.user, course_id=course_id, since=ended.starts_at):
            operations.take_back(user_id=ended.user_id, rule="lesson_completed", source=f"lesson:{lesson_id}")
        for rule in ("course_completed", "course_reviewed"):
            operations.take_back(user_id=ended.user_id, rule=rule, source=f"course:{course_id}")


@studios.in_bulk(PointsGiven)
def show_the_teachers(facts: Sequence[Fact]) -> None:
    """Let the studio of every teacher among those who earned say what today has brought."""
    earners = {fact.user_id for fact in facts if isinstance(fact, PointsGiven)}
    for teacher in teachers_among(user_ids=earners):
        sending.send(
            stream=f"teacher:{teacher.pk}", action="replace", target="points-today", template="gamification/points_today.html",
            context={"points": queries.points_today(user=teacher)},
        )  # fmt: skip


def _courses_lost(ended: Entitlement) -> list[int]:
    keys = [ended.key, *included_keys(tier_key=ended.key)]
    courses = [key for key in keys if key.startswith("course:") and not holds(user=ended.user, key=key)]
    return [int(key.removeprefix("course:")) for key in courses]


def _earned_by(post_id: int) -> list[tuple[str, str]]:
    post = Post.objects.select_related("thread").filter(pk=post_id).first()
    if post is None:
        return []
    votes = Vote.objects.filter(post=post).order_by("pk").values_list("voter_id", flat=True)
    earned = [("vote_received", _vote_source(post_id, voter_id)) for voter_id in votes]
    if post.thread.is_question:
        earned.append(
            ("question_asked", f"thread:{post.thread_id}") if post.is_first else ("answer_posted", f"post:{post_id}")
        )
    if post.thread.accepted_answer_id == post_id:
        earned.append(("answer_accepted", f"thread:{post.thread_id}"))
    return earned


def _vote(fact: PostVoted) -> str:
    return _vote_source(fact.post_id, fact.voter_id)


def _vote_source(post_id: int, voter_id: int) -> str:
    return f"vote:{post_id}.{voter_id}"


def _merit(fact: Fact, user_id: int, rule: str, source: str) -> Merit:
    return Merit(user_id=user_id, rule=rule, source=source, at=fact.happened_at)
