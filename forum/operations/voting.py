"""Finding a post useful."""

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import events
from forum.events import PostVoted
from forum.models import Post, Vote


class OwnPost(Exception):
    """Nobody votes for what they wrote themselves."""


@transaction.atomic
def vote(*, post: Post, by: User, is_useful: bool) -> Post:
    """
    Give a vote to ``post`` or take it back; saying the same again changes nothing.

    :raises OwnPost: if ``by`` wrote the post.
    """
    if post.author_id == by.pk:
        raise OwnPost
    # The lock keeps the count equal to its rows when two tabs vote at once.
    post = Post.objects.select_for_update().get(pk=post.pk)
    if is_useful:
        _, has_changed = Vote.objects.get_or_create(post=post, voter=by)
    else:
        has_changed = bool(Vote.objects.filter(post=post, voter=by).delete()[0])
    if has_changed:
        Post.objects.filter(pk=post.pk).update(vote_count=F("vote_count") + (1 if is_useful else -1))
        post.refresh_from_db(fields=["vote_count"])
        fact = PostVoted(
            post_id=post.pk, thread_id=post.thread_id, voter_id=by.pk, author_id=post.author_id, value=int(is_useful)
        )
        events.publish(fact, by=by, subject=f"post:{post.pk}")
    return post
