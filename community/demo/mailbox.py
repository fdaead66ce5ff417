"""The mails that a demo site wrote into a folder instead of sending them."""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

SHOWN = 40
_BETWEEN = re.compile(rb"^-{79}\r?\n", re.MULTILINE)
"""What Django's file backend writes after each message."""


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """A file that goes along with a mail."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail, as its reader would see it; ``name`` tells it apart from the others."""

    name: str
    to: str
    subject: str
    at: datetime | None
    text: str
    enclosed: list[Enclosed]


def newest() -> list[Mail]:
    """The newest mails, the latest first."""
    found: list[Mail] = []
    for path in sorted(_files(), key=lambda one: (one.stat().st_mtime_ns, one.name), reverse=True):
        found += reversed(list(_mails(path)))
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]


def enclosed_in(*, name: str, place: int) -> Enclosed | None:
    """The file at ``place`` of the mail of that name, among the newest; None where there is none."""
    files = next((mail.enclosed for mail in newest() if mail.name == name), [])
    return files[place] if place < len(files) else None


def _files() -> Iterator[Path]:
    return Path(settings.EMAIL_FILE_PATH).glob("*.log")


def _mails(path: Path) -> Iterator[Mail]:
    for raw in _BETWEEN.split(path.read_bytes()):
        if raw.strip():
            message = email.message_from_bytes(raw, policy=email.policy.default)
            if isinstance(message, EmailMessage):
                yield _mail(message, name=hashlib.sha256(raw).hexdigest()[:16])


def _mail(message: EmailMessage, *, name: str) -> Mail:
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        name=name, to=str(message["To"] or ""), subject=str(message["Subject"] or ""), at=_date(str(message["Date"] or "")),
        text=str(body.get_content()).strip() if body is not None else "", enclosed=list(_enclosed(message)),
    )  # fmt: skip


def _enclosed(message: EmailMessage) -> Iterator[Enclosed]:
    for part in message.iter_attachments():
        body = part.get_payload(decode=True)
        if part.get_filename() and isinstance(body, bytes):
            yield Enclosed(name=str(part.get_filename()), media_type=part.get_content_type(), body=body)


def _date(written: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(written)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
