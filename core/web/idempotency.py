"""Doing something once, however often it is asked for: a double click, a repeated request, a retry."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from .models import DoneOnce

KEPT = timedelta(days=7)


class KeyReused(Exception):
    """The same key came with another request: one of the two is a mistake."""


@transaction.atomic
def once(*, scope: str, key: str, by: Any, request: Any, act: Callable[[], Any]) -> Any:
    """
    Do ``act`` and return its result (anything that JSON holds); under the same ``key`` again, only return that result.

    ``request`` is what was asked for. Whoever comes second waits until the first is done; if the first fails, the
    second acts. Keys are kept for a week.

    :raises KeyReused: if ``key`` was used for something else.
    """
    fingerprint = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    actor_id = by.pk or 0
    row = DoneOnce(scope=scope, actor_id=actor_id, key=key, fingerprint=fingerprint)
    # The unique index makes the second one wait here for the end of the first one's transaction.
    DoneOnce.objects.bulk_create([row], ignore_conflicts=True)
    row = DoneOnce.objects.select_for_update().get(scope=scope, actor_id=actor_id, key=key)
    if row.fingerprint != fingerprint:
        raise KeyReused(key)
    if row.result is None:
        row.result = {"value": act()}
        row.save(update_fields=["result"])
    return row.result["value"]


def forget_old() -> int:
    """Drop keys that are older than a week; return how many."""
    return DoneOnce.objects.filter(done_at__lt=timezone.now() - KEPT).delete()[0]
