"""Members as items: of those who let themselves be found, whom a viewer may meet."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.enums import Purpose
from accounts.models import User
from accounts.queries import who_consents
from core.audience.keys import hidden_authors
from core.web.prepared import Among, Prepared

from .items import Item, Look, with_values
from .registry import Ids, Kind

_NEEDED = ("id", "username", "name", "language", "languages_read", "face_key", "erased_at")


def members(viewer: Any, ids: Mapping[str, Ids]) -> list[Item]:
    """
    Those of ``ids`` who said that they may be found, are there, and stand in no block or mute with ``viewer``; one query.

    Staff, too, are not led to somebody who blocks them.
    """
    if not viewer.is_authenticated:
        return []
    wanted = set(ids["member"]) - hidden_authors(viewer) - {viewer.pk}
    rows = _MET.rows(viewer=viewer.pk, ids=sorted(wanted))
    found = [with_values(User, dict(zip(_NEEDED, row, strict=True))) for row in rows]
    return [
        Item(
            name=f"member:{one.pk}", title=one.display_name, language=_language(one, viewer), creator_id=one.pk, topic_ids=frozenset(),
            draw=partial(_look, one),
        )
        for one in found
    ]  # fmt: skip


def _whom_one_may_meet(viewer: int, ids: list[int]) -> QuerySet[Any, Any]:
    there = Q(suspended_until__isnull=True) | Q(suspended_until__lte=Now())
    found = who_consents(purpose=Purpose.FINDABLE).filter(there, is_active=True, erased_at__isnull=True)
    among = found.filter(Among(F("pk"), Value(ids, ArrayField(BigIntegerField()))))
    return among.exclude(blocks__blocked=viewer).values_list(*_NEEDED)


_MET = Prepared(_whom_one_may_meet, viewer="id", ids="ids")


def _language(one: User, viewer: Any) -> str:
    """One that both read, since a person is in no language."""
    return next((language for language in viewer.reads if language in one.reads), one.language)


def _look(one: User) -> Look:
    return Look(
        url=one.get_absolute_url(), kind_label=_("Member"), facts=(f"@{one.username}",), by=one.display_name,
        picture_url=one.avatar_url,
    )  # fmt: skip


PEOPLE = Kind(load=members, is_ranked=False)
