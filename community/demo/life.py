"""Life in a demo world: now and then a member reads, answers or goes on studying, through the same operations as everybody."""

import random
from collections.abc import Callable

from django.db.models import Q

import courses.operations
import forum.operations
from accounts.models import User
from courses.models import Enrollment, Lesson, LessonProgress
from courses.queries import continue_learning
from forum.models import Post, Thread

from .bar import ROLES
from .making import is_being_made
from .world import content
from .world.composing import Composer

Act = Callable[[User, random.Random], bool]
TRIES = 5


def live_a_little(*, dice: random.Random | None = None) -> str:
    """Let one member do one thing, and say what it was; empty while the world is being made or where nobody lives."""
    if is_being_made():
        return ""
    dice = dice or random.Random()  # noqa: S311 - invented people, not secrets
    for _ in range(TRIES):
        member = _somebody(dice)
        if member is None:
            return ""
        act = dice.choices((study, read_a_thread, reply_under_a_lesson), (6, 5, 1))[0]
        if act(member, dice):
            return f"{member.username}: {act.__name__}"
    return ""


def study(member: User, dice: random.Random) -> bool:
    """Open the lesson where ``member`` stopped, and complete it."""
    stopped = continue_learning(user=member)
    if stopped is None:
        return False
    courses.operations.note_lesson_view(lesson=stopped.lesson, by=member)
    courses.operations.complete_lesson(lesson=stopped.lesson, by=member)
    return True


def read_a_thread(member: User, dice: random.Random) -> bool:
    """Read one of the liveliest threads in a language of ``member``, and find something in it useful."""
    threads = list(Thread.objects.open_to(member).filter(language__in=member.reads).liveliest_first()[:40])
    if not threads:
        return False
    thread = dice.choice(threads)
    forum.operations.note_view(thread=thread, by=member)
    posts = list(
        Post.objects.filter(thread=thread, hidden_at__isnull=True)
        .exclude(author=member)
        .order_by("-vote_count", "pk")[:3]
    )
    if posts:
        forum.operations.vote(post=dice.choice(posts), by=member, is_useful=True)
    return True


def reply_under_a_lesson(member: User, dice: random.Random) -> bool:
    """Say something in a discussion under a lesson that ``member`` has completed, which nobody has said there."""
    done = LessonProgress.objects.filter(user=member, completed_at__isnull=False).values_list("lesson_id", flat=True)
    about = [f"lesson:{pk}" for pk in done]
    threads = Thread.objects.open_to(member).filter(
        kind=Thread.Kind.DISCUSSION, about__in=about, closed_at__isnull=True
    )
    thread = threads.liveliest_first().first()
    if thread is None:
        return False
    lesson = Lesson.objects.select_related("course").get(pk=int(thread.about.removeprefix("lesson:")))
    said = set(Post.objects.filter(Q(thread=thread) | Q(author=member)).values_list("source", flat=True))
    fresh = [one for one in Composer().replies(dice, lesson=lesson, is_question=False, count=15) if one not in said]
    if fresh:
        forum.operations.reply(thread=thread, by=member, source=fresh[0], language=lesson.language)
    return bool(fresh)


def _somebody(dice: random.Random) -> User | None:
    """Any member who studies something; never one whom a visitor may be at this moment, by the bar or by an account of their own."""
    teachers = {one["username"] for one in content.school()["teachers"]}
    apart = teachers.union(*(role.usernames for role in ROLES))
    studying = Enrollment.objects.filter(ended_at__isnull=True).values("user_id")
    living = list(
        # Invented people never log in: whoever has is somebody real.
        User.objects.filter(pk__in=studying, is_active=True, last_login__isnull=True)
        .exclude(username__in=apart)
        .values_list("pk", flat=True)
        .order_by("pk")
    )
    return User.objects.get(pk=dice.choice(living)) if living else None
