"""
Calls out to providers: short time-outs, no redirects, answers of bounded size.

The guarded fetcher refuses addresses of this machine and is for addresses that people give; these come from the settings.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .interface import NotUnderstood, Refused, Unreachable

SECONDS = 6.0
_LARGEST = 64 << 20
_TAKEN = range(200, 300)
_THEIR_FAULT = 500
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Answer:
    """What came back, with the names of its headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call(method: str, url: str, *, headers: Mapping[str, str], sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """
    Send ``sent`` as JSON and give the JSON object that comes back.

    :raises Unreachable: if no answer came in time, or one that says to try again.
    :raises Refused: if the provider said no.
    """
    body = None if sent is None else json.dumps(sent).encode()
    return as_object(exchange(method, url, headers={"Content-Type": "application/json", **headers}, body=body).body)


def exchange(method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """
    Send ``body`` as it is and give the answer, which is one of success.

    :raises Unreachable: if no answer came in time, or one that says to try again.
    :raises Refused: if the provider said no.
    """
    answer = _exchange(method, url, headers, body)
    if answer.status >= _THEIR_FAULT or answer.status in _TRY_AGAIN:
        raise Unreachable(f"{method} {urlsplit(url).path}: {answer.status}")
    if answer.status not in _TAKEN:
        said = answer.body[:300].decode(errors="replace")
        raise Refused(f"{method} {urlsplit(url).path}: {answer.status} {said}")
    return answer


def require_host(url: str, *hosts: str) -> str:
    """
    Give ``url`` back if it leads to exactly one of ``hosts``; for addresses that come in a provider's answer.

    :raises NotUnderstood: if it leads elsewhere.
    """
    parts = urlsplit(url)
    if parts.netloc not in hosts or not _is_safe(parts):
        raise NotUnderstood(f"an address at {parts.netloc}")
    return url


def as_object(body: bytes) -> dict[str, Any]:
    """
    The JSON object that ``body`` is.

    :raises NotUnderstood: if it is none.
    """
    try:
        found = json.loads(body)
    except ValueError as unreadable:
        raise NotUnderstood("not JSON") from unreadable
    if not isinstance(found, dict):
        raise NotUnderstood("not an object")
    return found


def _is_safe(parts: SplitResult) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"})


def _exchange(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.netloc)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, _whole(answer))
    except (OSError, http.client.HTTPException) as failed:
        raise Unreachable(f"{method} {parts.path}: {type(failed).__name__}") from failed
    finally:
        connection.close()


def _whole(answer: http.client.HTTPResponse) -> bytes:
    body = answer.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        # A list that is cut short would look like payments that are missing.
        raise http.client.HTTPException("too long")
    return body


def _connection(scheme: str, netloc: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(netloc, timeout=SECONDS)
