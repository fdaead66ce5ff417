"""What this room stores about people, and what becomes of it when they leave."""

from core.privacy import covers, exempt

from .models import Flag, GroupMember, Invitation, JoinRequest, Post, Revision, Thread, Vote

_WRITTEN = "what was written stays, under the name of a former member, so that answers keep their question"
_COUNTED = "it is counted or worked out by the site"
_NOT_A_PERSON = "it is about a thread and says nothing about a person"

covers(
    Thread,
    person="author",
    exporting=["kind", "title", "slug", "language", "about", "created_at", "accepted_answer", "closed_at", "hidden_at"],
    omitting=dict.fromkeys(["board", "audience", "last_post_at", "reply_count", "view_count", "pinned_at"], _COUNTED),
    erasing={},
)
exempt(Thread, erasure=_WRITTEN)
exempt(Thread.topics.through, export=_NOT_A_PERSON, erasure=_NOT_A_PERSON)
covers(
    Post,
    person="author",
    exporting=["thread", "source", "language", "is_first", "created_at", "edited_at", "hidden_at", "hidden_reason"],
    omitting=dict.fromkeys(["html", "html_version", "vote_count"], _COUNTED),
    erasing={},
)
exempt(Post, erasure=_WRITTEN)
covers(Revision, person="post__author", exporting=["source", "replaced_at"])
covers(Vote, person="voter", exporting=["post", "created_at"], erasing={})
exempt(Vote, erasure="it counts for whoever wrote the post, and holds a bare number")
covers(
    Flag,
    person="flagger",
    exporting=["post", "reason", "note", "created_at", "resolved_at", "outcome"],
    omitting={"resolved_by": "it is another person"},
    erasing={"note": ""},
)
covers(GroupMember, person="user", exporting=["group", "role", "is_bought", "joined_at"])
covers(JoinRequest, person="user", exporting=["group", "note", "asked_at", "refused_at"])
covers(Invitation, person="user", exporting=["group", "invited_at"], omitting={"invited_by": "it is another person"})
