"""What all schemes share: the message, the answer, and a signature with a time in it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class UnfitSecret(Exception):
    """A signing secret is too short or does not look like one of its scheme."""


@dataclass(frozen=True, slots=True)
class Message:
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def secret(environment: Mapping[str, str], name: str, *, prefix: str) -> str | None:
    """Give the secret called ``name``, or None if there is none; a weak one raises `UnfitSecret`."""
    value = environment.get(name, "")
    if not value:
        return None
    if not value.startswith(prefix) or len(value) < len(prefix) + 16:
        raise UnfitSecret(f"{name} must begin with {prefix} and go on for at least 16 characters.")
    return value


def timestamped_signature(body: bytes, *, secret: str, at: int) -> str:
    """Give ``t=…,v1=…``: HMAC-SHA256 in hex over ``at``, a full stop and the raw body."""
    signed = b"%d.%s" % (at, body)
    return f"t={at},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def json_body(value: Mapping[str, Any]) -> bytes:
    """Give the bytes of ``value``, the same ones on every attempt."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
