"""What one did, with what, how strongly: as facts tell it."""

from collections.abc import Iterator
from datetime import datetime

from core.events import Fact
from courses.events import CourseCompleted, CourseReviewed, Enrolled, LessonCompleted, LessonViewed
from forum.events import AnswerPosted, PostVoted, QuestionAsked, ReplyPosted, ThreadStarted, ThreadViewed

from . import rules

LISTENER = "recsys.interactions"
LISTENED = (
    LessonViewed, LessonCompleted, Enrolled, CourseCompleted, CourseReviewed,
    ThreadViewed, ThreadStarted, QuestionAsked, AnswerPosted, ReplyPosted, PostVoted,
)  # fmt: skip

Seen = tuple[int, str, float, datetime]


def interactions_in(fact: Fact) -> Iterator[Seen]:
    """The interactions that a fact speaks of: member, item, weight, time."""
    at = fact.happened_at
    match fact:
        case LessonViewed():
            yield fact.user_id, f"lesson:{fact.lesson_id}", rules.VIEWED_LESSON, at
        case LessonCompleted():
            yield fact.user_id, f"lesson:{fact.lesson_id}", rules.COMPLETED_LESSON, at
        case Enrolled():
            yield fact.user_id, f"course:{fact.course_id}", rules.ENROLLED, at
        case CourseCompleted():
            yield fact.user_id, f"course:{fact.course_id}", rules.COMPLETED_COURSE, at
        case CourseReviewed():
            yield fact.user_id, f"course:{fact.course_id}", max(0.1, (fact.rating - 1) / 4), at
        case ThreadViewed():
            yield fact.user_id, f"thread:{fact.thread_id}", rules.VIEWED_THREAD, at
        case ThreadStarted():
            yield fact.author_id, f"thread:{fact.thread_id}", rules.ASKED, at
        case QuestionAsked():
            yield fact.author_id, f"thread:{fact.question_id}", rules.ASKED, at
        case AnswerPosted():
            yield fact.answerer_id, f"thread:{fact.question_id}", rules.ANSWERED, at
        case ReplyPosted():
            yield fact.author_id, f"thread:{fact.thread_id}", rules.ANSWERED, at
        case PostVoted() if fact.value:
            yield fact.voter_id, f"thread:{fact.thread_id}", rules.VOTED, at
