"""Members as items: of those who let themselves be found, whom a viewer may meet."""

from functools import partial
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Purpose
from accounts.models import User
from accounts.queries import who_consents
from core.audience.keys import hidden_authors

from .registry import Ids, Item, Kind, Look


def members(viewer: Any, ids: Ids) -> list[Item]:
    """
    Those of ``ids`` who said that they may be found, are there, and stand in no block or mute with ``viewer``; one query.

    Staff, too, are not led to somebody who blocks them.
    """
    if not viewer.is_authenticated:
        return []
    there = Q(suspended_until__isnull=True) | Q(suspended_until__lte=timezone.now())
    found = who_consents(purpose=Purpose.FINDABLE).filter(there, pk__in=ids, is_active=True, erased_at__isnull=True)
    return [
        Item(
            name=f"member:{one.pk}", title=one.display_name, language=_language(one, viewer), creator_id=one.pk, topic_lines=(),
            draw=partial(_look, one),
        )
        for one in found.exclude(pk__in=hidden_authors(viewer) | {viewer.pk}).exclude(blocks__blocked=viewer)
    ]  # fmt: skip


def _language(one: User, viewer: Any) -> str:
    """One that both read, since a person is in no language."""
    return next((language for language in viewer.reads if language in one.reads), one.language)


def _look(one: User) -> Look:
    return Look(
        url=one.get_absolute_url(), kind_label=_("Member"), facts=[f"@{one.username}"], by=one.display_name,
        picture_url=one.avatar_url,
    )  # fmt: skip


PEOPLE = Kind(load=members, is_ranked=False)
