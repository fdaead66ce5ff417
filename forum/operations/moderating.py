"""Reports, and what moderators do about them."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import events
from core.audit import record
from core.realtime import sending
from forum.events import PostFlagged, PostHidden, PostRestored
from forum.models import Flag, Post, Thread

from .writing import show


class NotAModerator(Exception):
    """Only a moderator hides, restores or decides."""


class AlreadyDecided(Exception):
    """Somebody else has decided this report."""


@transaction.atomic
def flag(*, post: Post, by: User, reason: str, note: str = "") -> Flag:
    """Report ``post`` to the moderators; a second report by the same member changes nothing."""
    report, is_new = Flag.objects.get_or_create(post=post, flagger=by, defaults={"reason": reason, "note": note})
    if is_new:
        events.publish(
            PostFlagged(flag_id=report.pk, post_id=post.pk, flagger_id=by.pk), by=by, subject=f"post:{post.pk}"
        )
    return report


@transaction.atomic
def hide_post(*, post: Post, by: User, reason: str) -> Post:
    """
    Hide ``post`` from everybody but its author, who is told ``reason``; decides every open report on it.

    :raises NotAModerator: if ``by`` is none.
    """
    post = _locked_by_moderator(post, by)
    if post.hidden_at is None:
        post.hidden_at, post.hidden_reason = timezone.now(), reason
        post.save(update_fields=["hidden_at", "hidden_reason"])
        _mark_thread(post, hidden_at=post.hidden_at)
        _resolve(post, by, Flag.Outcome.HIDDEN)
        record(by=by, act="forum.hide_post", subject=f"post:{post.pk}", reason=reason)
        events.publish(
            PostHidden(post_id=post.pk, author_id=post.author_id, moderator_id=by.pk), by=by, subject=f"post:{post.pk}"
        )
        sending.send(stream=f"thread:{post.thread_id}", action="remove", target=f"post-{post.pk}")
    return post


@transaction.atomic
def restore_post(*, post: Post, by: User) -> Post:
    """
    Show a hidden post again, exactly as it was.

    :raises NotAModerator: if ``by`` is none.
    """
    post = _locked_by_moderator(post, by)
    if post.hidden_at is not None:
        post.hidden_at, post.hidden_reason = None, ""
        post.save(update_fields=["hidden_at", "hidden_reason"])
        _mark_thread(post, hidden_at=None)
        record(by=by, act="forum.restore_post", subject=f"post:{post.pk}")
        fact = PostRestored(post_id=post.pk, author_id=post.author_id, moderator_id=by.pk)
        events.publish(fact, by=by, subject=f"post:{post.pk}")
        show(post, action="append", target="opening" if post.is_first else "posts")
    return post


@transaction.atomic
def keep_post(*, post: Post, by: User) -> None:
    """
    Decide that a reported post stays.

    :raises NotAModerator: if ``by`` is none.
    """
    _locked_by_moderator(post, by)
    if _resolve(post, by, Flag.Outcome.KEPT):
        record(by=by, act="forum.keep_post", subject=f"post:{post.pk}")


def _locked_by_moderator(post: Post, by: User) -> Post:
    if not by.has_perm("forum.change_flag"):
        raise NotAModerator
    return Post.objects.select_for_update(of=("self",)).select_related("thread", "author").get(pk=post.pk)


def _mark_thread(post: Post, *, hidden_at: object) -> None:
    # A thread without its first post says nothing: it is hidden and restored with it.
    if post.is_first:
        Thread.objects.filter(pk=post.thread_id).update(hidden_at=hidden_at)


def _resolve(post: Post, by: User, outcome: Flag.Outcome) -> int:
    open_flags = Flag.objects.filter(post=post, resolved_at__isnull=True)
    return open_flags.update(resolved_at=timezone.now(), resolved_by=by, outcome=outcome)
