"""Letters: rendered in the receiver's language, sent from the outbox, forgotten once they are delivered."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core.events import outbox
from core.events.models import OutboxMessage
from core.text import in_their_languages

KIND = "mail"
LATIN_FONTS = "Helvetica, Arial, sans-serif"
_ENGLISH = re.compile(r'<span class="quoted" lang="en">([^<]*)</span>')

School = Callable[[str], dict[str, Any]]
"""
Takes a language and returns what the layout says of the school: name, tagline, site_url, mail_color, initial, logo_url with
logo_width and logo_height; and ``open_logo``, which gives the bytes of the logo, for what is printed.
"""


def _nameless(language: str) -> dict[str, Any]:
    return {"name": "Lyceum", "site_url": settings.SITE_URL}


_schools: list[School] = [_nameless]


def describes_school(school: School) -> School:
    """Register who knows the school's name and looks; the last one registered is asked."""
    _schools[:] = [school]
    return school


def school(language: str) -> dict[str, Any]:
    """What the school says of itself in ``language``: its name, at least."""
    return _schools[0](language)


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file that goes along with a letter."""

    name: str
    body: bytes
    media_type: str


Make = Callable[[str, str], Enclosure | None]
"""Takes what a file is about and a language, and returns the file; None where there is none any more."""
_makers: dict[str, Make] = {}


def encloses(kind: str) -> Callable[[Make], Make]:
    """Let the decorated function make the files of ``kind``, when a letter leaves: what waits in the outbox only names them."""

    def register(make: Make) -> Make:
        _makers[kind] = make
        return make

    return register


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail as it will be sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """
    A mail to be written: ``template`` names three files, ``<template>.subject.txt``, ``.txt`` and ``.html``, which extend ``mail/base``.

    The language is the receiver's unless given. Addresses in ``context`` are absolute. ``encloses`` names a file that goes along,
    as "kind:what it is about".

    :raises ValueError: unless there is exactly one receiver.
    """

    template: str
    context: dict[str, Any]
    key: str
    to_user: Any = None
    to_address: str = ""
    language: str = ""
    encloses: str = ""

    def __post_init__(self) -> None:
        if (self.to_user is None) == (not self.to_address):
            raise ValueError("A letter has one receiver: to_user or to_address.")

    @property
    def spoken(self) -> str:
        """The language in which it is written."""
        return self.language or getattr(self.to_user, "language", "") or settings.LANGUAGE_CODE


def enqueue(
    *,
    template: str,
    context: dict[str, Any],
    key: str,
    to_user: Any = None,
    to_address: str = "",
    language: str = "",
    encloses: str = "",
) -> None:
    """
    Write a letter into the outbox, in the caller's transaction; a second one with the same ``key`` is not sent.

    Template, language, receiver and enclosure are those of ``Draft``.

    :raises ValueError: unless there is exactly one receiver.
    """
    draft = Draft(
        template=template, context=context, key=key, to_user=to_user, to_address=to_address, language=language,
        encloses=encloses,
    )  # fmt: skip
    enqueue_many([draft])


def enqueue_many(drafts: Sequence[Draft]) -> None:
    """Write many letters, as ``enqueue`` writes one, in one statement; the school is asked once for each language."""
    schools = {language: _schools[-1](language) for language in {one.spoken for one in drafts}}
    outbox.enqueue_many([
        outbox.Due(kind=KIND, key=f"mail:{one.key}", payload=_payload(one, schools[one.spoken])) for one in drafts
    ])  # fmt: skip


def _payload(draft: Draft, school: dict[str, Any]) -> dict[str, Any]:
    letter = _rendered(draft.template, draft.context, draft.spoken, school)
    return {
        "to": draft.to_address or draft.to_user.email, "subject": letter.subject, "text": letter.text, "html": letter.html,
        "language": draft.spoken, "unsubscribe": draft.context.get("unsubscribe_url", ""), "sender": school.get("name", ""),
        "encloses": draft.encloses,
    }  # fmt: skip


def render(*, template: str, context: dict[str, Any], language: str) -> Letter:
    """The letter in ``language``."""
    return _rendered(template, context, language, _schools[-1](language))


def _rendered(template: str, context: dict[str, Any], language: str, school: dict[str, Any]) -> Letter:
    with translation.override(language):
        words = {**context, "language": language, "school": school}
        return Letter(
            subject=" ".join(_plain(f"{template}.subject.txt", words).split()),
            text=_plain(f"{template}.txt", words).strip() + "\n",
            html=_in_their_fonts(render_to_string(f"{template}.html", words)),
        )


def _in_their_fonts(html: str) -> str:
    """Let a Latin font draw English titles in a Chinese letter: a Chinese one draws the marks in them as wide as a character."""
    head, start, body = html.partition("<body")
    # All of it is HTML of our own templates, in which what people wrote is escaped.
    told = in_their_languages(mark_safe(body))  # noqa: S308
    return head + start + _ENGLISH.sub(rf'<font lang="en" face="{LATIN_FONTS}">\1</font>', told)


def _plain(name: str, words: dict[str, Any]) -> str:
    # Through the engine itself: the usual way would write ``&lt;`` into a subject.
    template: Any = get_template(name)
    return str(template.template.render(Context(words, autoescape=False)))


def forget(*, address: str) -> int:
    """Drop what still waits for ``address``, as when a person is erased; return how much it was."""
    waiting = OutboxMessage.objects.filter(kind=KIND, payload__to__iexact=address)
    return waiting.delete()[0]


@outbox.delivers(KIND, called=gettext_lazy("Mail"))
def deliver(message: OutboxMessage) -> None:
    """
    Hand the letter to the mail server and forget what it said.

    It may be sent twice when the worker dies in between; both copies carry the same Message-ID, so the receiver keeps one.
    """
    letter = message.payload
    if not letter:
        return  # sent already; only the note of it was lost
    mail = EmailMultiAlternatives(
        letter["subject"], letter["text"], _sender(letter["sender"]), [letter["to"]], headers=_headers(message)
    )
    mail.attach_alternative(letter["html"], "text/html")
    for file in _enclosed(letter):
        mail.attach(file.name, file.body, file.media_type)
    mail.send()
    OutboxMessage.objects.filter(pk=message.pk).update(payload={})


def _enclosed(letter: dict[str, Any]) -> list[Enclosure]:
    # A letter that was written before letters could enclose anything names nothing.
    kind, _, about = letter.get("encloses", "").partition(":")
    if not kind:
        return []
    with translation.override(letter["language"]):
        file = _makers[kind](about, letter["language"])
    return [file] if file else []


def _headers(message: OutboxMessage) -> dict[str, str]:
    letter = message.payload
    headers = {
        "Message-ID": _message_id(message.key),
        "Auto-Submitted": "auto-generated",
        "Content-Language": letter["language"],
    }
    if letter["unsubscribe"]:
        headers["List-Unsubscribe"] = f"<{letter['unsubscribe']}>"
    return headers


def _message_id(key: str) -> str:
    digest = hashlib.sha256(f"{settings.SECRET_KEY}{key}".encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def _sender(name: str) -> str:
    own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or own_name, address))
