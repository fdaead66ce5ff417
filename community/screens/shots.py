"""Which pictures there are to take, and the sessions of those who see the pages."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.access import Answer, Persona, table
from community.access.rows import Row
from community.access.stage import Stage

SEEN = (Answer.PAGE, Answer.DENIED, Answer.FORBIDDEN, Answer.NOT_FOUND)
"""Answers that are pages with words for a person."""


LAPTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A page, who sees it, how wide, and in which language; both themes are taken from one visit."""

    title: str
    address: str
    status: int
    persona: Persona
    width: int
    language: str

    def file(self, theme: str) -> str:
        """The name of its picture."""
        stem = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{stem}.{self.width}.{theme}.{self.language}.jpg"


def shots(
    stage: Stage, *, only: list[str], is_main: bool, widths: list[int], languages: list[str], rows: Iterable[Row] | None = None
) -> list[Shot]:  # fmt: skip
    """
    Every page that has a person who sees it, in each width and language; ``only`` those with one of these words in their title.

    ``rows`` are those of the table, unless the world has less to show.
    """
    return [
        _shot(row, row.seen_by, stage, width, language)
        for language in languages
        for width in widths
        for row in (table() if rows is None else rows)
        if row.method == "GET"
        and row.seen_by
        and any(word in row.title for word in only)
        and (row.is_main or not is_main)
        if row.answer_in(stage, row.seen_by) in SEEN
    ]


def _shot(row: Row, persona: Persona, stage: Stage, width: int, language: str) -> Shot:
    status = int(row.answer_in(stage, persona).value)
    return Shot(
        title=row.title, address=row.address(stage), status=status, persona=persona, width=width, language=language
    )


def speak(stage: Stage, language: str) -> None:
    """Let everybody on the stage read ``language`` and follow the theme of their machine."""
    people = [user.pk for user in stage.people.values() if user]
    User.objects.filter(pk__in=people).update(language=language, theme="")


def sessions(stage: Stage) -> dict[Persona, str]:
    """A session for everybody who has one, some of whose pages ask for a password that is not old."""
    return {persona: session_of(user) for persona, user in stage.people.items() if user and user.is_active}


def session_of(user: User) -> str:
    """A session of ``user``, as it is just after a password; on another device they are logged in as well."""
    _log_in(user, PHONE)
    return _log_in(user, LAPTOP)


def _log_in(user: User, device: str) -> str:
    browser = Client()
    browser.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    _keep_a_record(user, device, session.session_key)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _keep_a_record(user: User, device: str, session_key: str | None) -> None:
    # Only the form in which one logs in records a device. The one of the last walk gives way.
    UserSession.objects.update_or_create(
        user=user, user_agent=device, defaults={"session_key": session_key, "ip": "203.0.113.7", "created_at": timezone.now()}
    )  # fmt: skip
