"""
Calls out to providers: short time-outs, no redirects, answers of bounded size.

The guarded fetcher refuses addresses of this machine and is for addresses that people give; these come from the settings.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .interface import NotUnderstood, Refused, Unreachable

SECONDS = 6.0
_LARGEST = 1 << 20
_TAKEN = range(200, 300)
_THEIR_FAULT = 500
_TRY_AGAIN = frozenset({408, 425, 429})


def call(method: str, url: str, *, headers: Mapping[str, str], sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """
    Send ``sent`` as JSON and give the JSON object that comes back.

    :raises Unreachable: if no answer came in time, or one that says to try again.
    :raises Refused: if the provider said no.
    """
    body = None if sent is None else json.dumps(sent).encode()
    status, answer = _exchange(method, url, {"Content-Type": "application/json", **headers}, body)
    if status >= _THEIR_FAULT or status in _TRY_AGAIN:
        raise Unreachable(f"{method} {urlsplit(url).path}: {status}")
    if status not in _TAKEN:
        raise Refused(f"{method} {urlsplit(url).path}: {status} {answer[:200].decode(errors='replace')}")
    return as_object(answer)


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


def _exchange(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.netloc)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST)
    except (OSError, http.client.HTTPException) as failed:
        raise Unreachable(f"{method} {parts.path}: {type(failed).__name__}") from failed
    finally:
        connection.close()


def _connection(scheme: str, netloc: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(netloc, timeout=SECONDS)
