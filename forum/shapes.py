"""Threads and posts in the form that the components of the design system take."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.author_cards import card_of
from core import text

from . import queries
from .models import GroupMember, JoinRequest, Post, Thread
from .models.groups import KEEPERS


def thread_row(thread: Any, *, at: datetime | None = None) -> dict[str, Any]:
    """A thread of a list ``with_topic`` as ``components/thread_row.html`` takes it; ``at`` where the list is by another instant than the last post's."""
    return {
        "url": thread.get_absolute_url(), "title": thread.title, "lang": thread.language, "author": person(thread.author),
        "last_at": at or thread.last_post_at, "replies": thread.reply_count, "topic": thread.topic_name or "",
        "is_question": thread.is_question, "is_solved": thread.accepted_answer_id is not None,
        # What a row may also have is named too: a template pays ten times as much to find that a name is missing.
        "is_pinned": thread.pinned_at is not None, "is_unread": False, "bounty": 0, "excerpt": "",
    }  # fmt: skip


def post_card(post: Post, *, thread: Thread, viewer: Any = None, voted: Collection[int] = ()) -> dict[str, Any]:
    """
    A post as ``components/post.html`` takes it.

    Without a ``viewer`` it is what everyone may get over the live stream: no acts that only some people have.
    """
    is_known = viewer is not None and viewer.is_authenticated
    is_own = is_known and viewer.pk == post.author_id
    may_accept = thread.is_question and is_known and viewer.pk == thread.author_id and not post.is_first
    return {
        "id": post.pk, "order": place_of(post), "author": person(post.author), "at": post.created_at, "edited_at": post.edited_at,
        "body_html": sanitized(post.html), "lang": post.language, "votes": post.vote_count,
        "is_voted": post.pk in voted, "is_accepted": thread.accepted_answer_id == post.pk,
        "is_hidden": post.hidden_at is not None, "hidden_reason": post.hidden_reason, "quote_url": "",
        **(acts(post.pk, is_own=is_own, may_accept=may_accept and thread.accepted_answer_id != post.pk) if is_known else {}),
    }  # fmt: skip


def place_of(post: Post) -> str:
    """Where ``post`` stands among others, as a text that sorts: by the instant of writing, then by number."""
    return f"{post.created_at.astimezone(UTC):%Y%m%d%H%M%S%f}-{post.pk:012}"


def said_part(owner: Any, viewer: Any) -> dict[str, Any]:
    """What a profile shows of its owner's newest answers and replies."""
    said = [
        {
            "url": post.get_absolute_url(), "title": post.thread.title, "lang": post.thread.language, "at": post.created_at,
            "excerpt": text.excerpt(post.html, words=40), "excerpt_lang": post.language, "votes": post.vote_count,
            "is_accepted": post.thread.accepted_answer_id == post.pk,
        }
        for post in queries.said_lately(by=owner, viewer=viewer)
    ]  # fmt: skip
    return {"said": said} if said else {}


def linked_question(thread: Thread, *, first: Post, accepted: Post | None) -> dict[str, Any]:
    """A question in the words of schema.org; the accepted answer where there is one."""
    question: dict[str, Any] = {
        "@type": "Question", "name": thread.title, "text": text.excerpt(first.html, words=200), "answerCount": thread.reply_count,
        "upvoteCount": first.vote_count, "datePublished": thread.created_at.isoformat(), "inLanguage": thread.language,
        "author": {"@type": "Person", "name": str(thread.author)},
    }  # fmt: skip
    if accepted is not None:
        question["acceptedAnswer"] = {
            "@type": "Answer", "text": text.excerpt(accepted.html, words=200), "upvoteCount": accepted.vote_count,
            "datePublished": accepted.created_at.isoformat(), "author": {"@type": "Person", "name": str(accepted.author)},
            "url": f"{settings.SITE_URL}{accepted.get_absolute_url()}",
        }  # fmt: skip
    return {"@type": "QAPage", "mainEntity": question}


def acts(pk: int, *, is_own: bool, may_accept: bool) -> dict[str, str]:
    """The addresses of what a member may do with a post, as ``post_acts.html`` takes them."""
    return {
        "vote_url": "" if is_own else reverse("forum:vote", args=[pk]),
        "accept_url": reverse("forum:accept", args=[pk]) if may_accept else "",
        "edit_url": reverse("forum:edit", args=[pk]) if is_own else "",
        "report_url": "" if is_own else reverse("forum:flag", args=[pk]),
    }


def arriving_acts(thread: Thread, *, viewer: Any) -> dict[str, dict[str, Any]]:
    """What ``viewer`` may do with a post that arrives live, theirs or another's; it stands in the addresses as post 0."""
    may_accept = thread.is_question and viewer.pk == thread.author_id
    return {
        "own": acts(0, is_own=True, may_accept=may_accept) | {"votes": 0},
        "other": acts(0, is_own=False, may_accept=may_accept) | {"votes": 0},
    }


def person(user: Any) -> dict[str, Any]:
    """A member as the components take them."""
    card = card_of(user)
    return {"name": card.name, "url": card.url, "picture_url": card.avatar_url, "note": " · ".join(card.notes)}


def group_member(one: GroupMember) -> dict[str, Any]:
    """A member of a group as its page shows them; what they are is said of those who keep it."""
    is_keeper = one.role in KEEPERS
    return person(one.user) | {
        "username": one.user.username, "role": one.role, "is_keeper": is_keeper, "called": one.get_role_display() if is_keeper else "",
    }  # fmt: skip


def waiting(one: JoinRequest) -> dict[str, Any]:
    """Somebody who asks to be let into a group, as those see it who keep it."""
    return {"pk": one.pk, "person": person(one.user), "at": one.asked_at, "note": one.note}


def sanitized(html: str) -> SafeString:
    # Post.html is written by core.text.render alone, whose last step is the sanitizer.
    return mark_safe(html)  # noqa: S308
