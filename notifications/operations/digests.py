"""The letter of the week: what is for each member, why, and what they could answer."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

import recsys.operations
from accounts.enums import Purpose
from accounts.models import User
from accounts.operations import record_consent
from accounts.queries import is_personalized
from core.text import within_quotes
from core.web import mail
from notifications import queries, tokens
from notifications.models import Digest
from recsys.queries import Pick

AT_ONCE = 200
"""So many are written in one turn, which is well below a minute; who is left comes in the next turn."""


def write_digests(*, as_of: datetime, at_most: int = AT_ONCE) -> int:
    """
    Write the digests that are due, each in a transaction of its own; return how many members were looked at.

    :raises ExceptionGroup: of those that could not be written, after all others have been.
    """
    failures = []
    due = list(queries.due_for_digest(as_of=as_of)[:at_most])
    for user in due:
        try:
            write_digest(user=user, as_of=as_of)
        except Exception as failure:  # noqa: BLE001 - raised below: one member must not keep the letters of the others back
            failures.append(failure)
    if failures:
        raise ExceptionGroup("digests that could not be written", failures)
    return len(due)


@transaction.atomic
def write_digest(*, user: User, as_of: datetime) -> None:
    """
    Write ``user`` the digest of this week, once; with nothing to recommend no mail leaves, and the week counts as written.

    What it recommends counts as shown, so that neither it nor their home page repeats itself.
    """
    # Whoever comes second waits here until the first has committed, and then finds the row.
    digest, is_mine = Digest.objects.get_or_create(user=user, week=queries.monday_of(as_of, user=user))
    if not is_mine:
        return
    # Nobody opens a page here for which a worker would look.
    recsys.operations.find_who_is_alike(user_id=user.pk)
    with translation.override(user.language):
        found = queries.contents(viewer=user, as_of=as_of)
        context = _context(user, found)
    digest.items = found.names
    digest.save(update_fields=["items"])
    if not found.names:
        return
    is_to_be_noted = is_personalized(user)
    cards = [{"name": one.item.name, "source": one.source, "is_to_be_noted": is_to_be_noted} for one in found.picks]
    recsys.operations.note_shown(user=user, cards=cards)
    mail.enqueue(
        to_user=user, template="notifications/mail/digest", context=context, key=f"digest:{digest.week}:{user.pk}"
    )


def want_digest(*, user: User, is_wanted: bool) -> None:
    """Say yes or no to news by mail; it is on record as every consent is."""
    record_consent(user=user, purpose=Purpose.MAIL, is_given=is_wanted)


def _context(user: User, found: queries.Contents) -> dict[str, Any]:
    return {
        "resume": _resumed(found), "picks": [_line(pick) for pick in found.picks],
        "questions": [_line(pick) for pick in found.questions], "action_url": _absolute(reverse("home")),
        "interests_url": _absolute(reverse("recsys:interests")),
        "unsubscribe_url": _absolute(reverse("notifications:no-digest", args=[tokens.for_no_digest(user)])),
    }  # fmt: skip


def _resumed(found: queries.Contents) -> dict[str, str] | None:
    if found.resume is None:
        return None
    lesson, course = found.resume.lesson, found.resume.course
    return {
        "title": within_quotes(lesson.title),
        "course": within_quotes(course.title),
        "url": _absolute(lesson.get_absolute_url()),
    }


def _line(pick: Pick) -> dict[str, str]:
    return {
        "title": pick.item.title, "language": pick.item.language, "url": _absolute(pick.item.look.url), "because": pick.because,
        "facts": " · ".join([pick.item.look.kind_label, *pick.item.look.facts]),
    }  # fmt: skip


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
