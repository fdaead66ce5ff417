"""Which pages are measured, who asks for them, and how many queries each costs."""

import random

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import User
from core.audience.keys import PUBLIC
from core.events.models import StoredFact
from courses.models import Course, Enrollment
from forum.models import Thread
from forum.queries import POSTS_PER_PAGE

from .asking import Target, Visitor

ROW, CARD, POST = '<li class="thread-row', '<article class="card course-card', '<article class="post'


def members(count: int) -> list[Visitor]:
    """``count`` members with sessions of their own, most of whom study something."""
    studying = Enrollment.objects.values("user_id")
    users = list(User.objects.filter(pk__in=studying, is_staff=False).order_by("pk")[: count * 3])
    chosen = random.Random(7).sample(users, k=min(count, len(users)))
    return [_entered(user) for user in chosen]


def _entered(user: User) -> Visitor:
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return Visitor(
        cookie=session.session_key or "", mark=f'<p class="menu-title">{escape(user.name)}</p>', username=user.username
    )


def targets(*, ours: int, bare: int) -> tuple[Target, list[Target]]:
    """The bare page, and ours."""
    return Target(name="bare", port=bare, path="/bare/", holds="<li>", times=25), [
        Target(name=name, port=ours, path=path, holds=holds, times=times, query=query)
        for name, path, query, holds, times in _ours()
    ]


def _ours() -> list[tuple[str, str, str, str, int]]:
    course = Course.objects.filter(published_at__isnull=False).order_by("-enrollment_count", "pk")[0]
    open_threads = Thread.objects.filter(audience__contains=[PUBLIC])
    short = open_threads.filter(reply_count=9).order_by("-last_post_at", "pk")[0]
    long = open_threads.order_by("-reply_count", "pk")[0]
    return [
        ("home", "/", "", "</main>", 1),
        ("catalogue", "/courses/", "", CARD, 24),
        ("course page", course.get_absolute_url(), "", escape(course.title), 1),
        ("thread list", "/community/", "", ROW, 25),
        ("thread of 10 posts", short.get_absolute_url(), "", POST, 10),
        (f"thread of {long.reply_count + 1} posts, page 1", long.get_absolute_url(), "", POST, _on_page(long, 1)),
        (
            f"thread of {long.reply_count + 1} posts, page 10",
            long.get_absolute_url(),
            "?page=10",
            POST,
            _on_page(long, 10),
        ),
    ]


def _on_page(thread: Thread, page: int) -> int:
    """How many posts stand there, the opening one on the first page included; a small world has no long thread."""
    before = min((page - 1) * POSTS_PER_PAGE, (thread.reply_count - 1) // POSTS_PER_PAGE * POSTS_PER_PAGE)
    return min(thread.reply_count - before, POSTS_PER_PAGE) + (page == 1)


def queries(members: list[Visitor]) -> dict[tuple[str, str], int]:
    """How many queries each page costs a guest and a member, once both have been there before."""
    found = {}
    people = {"guest": None, "member": User.objects.get(username=members[0].username)}
    for kind, user in people.items():
        client = Client(headers={"accept-language": "en"})
        if user is not None:
            client.force_login(user)
        for name, path, query, _holds, _times in _ours():
            client.get(path + query)
            with CaptureQueriesContext(connection) as asked:
                client.get(path + query)
            found[name, kind] = len([one for one in asked.captured_queries if not _is_frame(one["sql"])])
    return found


def _is_frame(sql: str) -> bool:
    return sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))


def facts() -> int:
    """How many facts the world holds."""
    return StoredFact.objects.count()
