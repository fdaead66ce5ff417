"""What a page may say over its socket, and nothing else."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from core.web.numbers import LARGEST

LONGEST_BYTES = 16 * 1024
MOST_TOPICS = 20


@dataclass(frozen=True, kw_only=True)
class Listen:
    """``{"listen": [[token, seq], …], "language": "en"}``: hear these, from these numbers on."""

    topics: list[tuple[str, int]]
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Typing:
    """``{"typing": token}``: tell the others that I write."""

    token: str


class NotARequest(ValueError):
    """It is too long, no JSON, or none of the two shapes that there are."""


def read(text: str | None) -> Listen | Typing:
    """
    The request in ``text``.

    :raises NotARequest: if it is anything else, be it by one key.
    """
    if text is None or len(text.encode()) > LONGEST_BYTES:
        raise NotARequest
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        raise NotARequest from None
    match request:
        case {"listen": list(topics), **rest} if len(topics) <= MOST_TOPICS and set(rest) <= {"language"}:
            return Listen(topics=[_topic(one) for one in topics], language=_language(rest.get("language")))
        case {"typing": str(token), **rest} if not rest:
            return Typing(token=token)
    raise NotARequest


def _topic(pair: Any) -> tuple[str, int]:
    match pair:
        # A boolean is a number to Python, and to nobody else.
        case [str(token), int(seq)] if not isinstance(seq, bool) and 0 <= seq <= LARGEST:
            return token, seq
    raise NotARequest


def _language(code: Any) -> str | None:
    if code is None:
        return None
    if isinstance(code, str) and code in dict(settings.LANGUAGES):
        return code
    raise NotARequest
