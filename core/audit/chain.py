"""The arithmetic of the chain: anybody who holds an export can repeat it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64
FIELDS = ("happened_at", "actor_id", "act", "subject", "before", "after", "reason", "address", "request_id")


def digest(fields: Mapping[str, Any]) -> str:
    """The SHA-256, in hexadecimal, of ``fields`` as JSON with sorted keys, no spaces and UTC times in ISO 8601."""
    plain = {name: _plain(fields[name]) for name in FIELDS}
    return _sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def link(before: str, digest: str) -> str:
    """The hash that follows ``before``; Postgres works it out in the same way."""
    return _sha256(before + digest)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
