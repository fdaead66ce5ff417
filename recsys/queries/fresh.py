"""New items, which nobody can have taken yet: they get places of their own until enough members saw them."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import cast

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from core.web.held import Held
from courses.models import Course
from forum.models import Thread
from recsys import rules
from recsys.models import Impression

_NAME, _KEPT_SECONDS = "recsys:too-little-seen", 60
_AT_MOST = 200


def by_lot(names: Iterable[str], viewer_id: int) -> list[str]:
    """``names`` in the order that the lot gives them for one member."""
    return sorted(names, key=lambda name: _lot(viewer_id, name))


def too_little_seen() -> list[str]:
    """The items younger than fourteen days that fewer than fifty members have been shown; kept for a minute, and held by each process for less."""
    return _HELD.get()


def seen_by(names: Collection[str]) -> dict[str, int]:
    """How many members were shown each of ``names``."""
    counted = Impression.objects.filter(item__in=names).values("item").annotate(members=Count("user", distinct=True))
    return {**dict.fromkeys(names, 0), **dict(counted.values_list("item", "members"))}


def new_names(*, as_of: datetime) -> list[str]:
    """What was published in the fourteen days before ``as_of``, the newest first; what is said in a group has places of its own."""
    since = as_of - timedelta(days=rules.NEW_DAYS)
    courses = Course.objects.published().filter(published_at__gt=since).order_by("-published_at")
    threads = Thread.objects.filter(created_at__gt=since, board__group__isnull=True).order_by("-created_at")
    return [
        *(f"course:{pk}" for pk in courses.values_list("pk", flat=True)[:_AT_MOST]),
        *(f"thread:{pk}" for pk in threads.values_list("pk", flat=True)[:_AT_MOST]),
    ]


def _kept() -> list[str]:
    return cast(list[str], cache.get_or_set(_NAME, _too_little_seen, _KEPT_SECONDS))


_HELD = Held(_kept, seconds=10)


def _too_little_seen() -> list[str]:
    seen = seen_by(new_names(as_of=timezone.now()))
    return [name for name, members in seen.items() if members < rules.FIRST_IMPRESSIONS]


def _lot(member: int, name: str) -> bytes:
    return hashlib.blake2b(f"{member} {name}".encode(), digest_size=8).digest()
