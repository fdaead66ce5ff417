"""Members who like the same: of those who let themselves be found, for those who do so too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.enums import Purpose
from accounts.queries import who_consents
from core.events import outbox
from recsys import kinds
from recsys.models import Interaction
from topics.models import Topic

from . import wording
from .interests import History, Kin
from .knowing import Known, Pick

FEWEST_SHARED = 3
"""Who shares fewer things than this is there by chance."""
LATEST, LOOKED_AT, KEPT = 40, 60, 12
KIN = "recsys.kin"
"""The kind of message that asks a worker for them: to look takes as many queries as a third of a page."""


def picks(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    """
    Up to ``count`` members who like what ``known.viewer`` likes and whom they do not follow yet, those who share most first.

    Who they are is worked out once an hour, by a worker, and kept; until it has been, those who were found before are shown.
    Whether they may be shown is asked each time, so that a no, a block or a mute holds in the next request, whatever is kept.
    """
    if not _can_have_kin(known):
        return []
    if known.kin_are_due:
        _ask_for_kin(known.viewer.pk)
    found = [
        (f"member:{one['id']}", kinds.with_values(Topic, one["topic"]))
        for one in known.kin
        if one["id"] not in known.people
    ]
    wanted = {name: topic for name, topic in found if name not in taken and not _is_unwanted(topic, known)}
    items = known.shelf.load(wanted)
    shown = [item for item in items.values() if not known.is_foreign(item)]
    return [
        Pick(item=item, source="people", because=wording.because_they_like(wanted[item.name])) for item in shown[:count]
    ]


def shared_topic(known: Known, name: str) -> Topic | None:
    """What ``known.viewer`` shares with the member called ``name``, if that is why they are shown."""
    kin = known.kin if _can_have_kin(known) else []
    return next((kinds.with_values(Topic, one["topic"]) for one in kin if name == f"member:{one['id']}"), None)


def kin_of(known: Known) -> list[Kin] | None:
    """Work out who likes the same as ``known.viewer``; None where it is not due, or they are not to be found."""
    return _worked_out(known.viewer.pk, known.history) if known.kin_are_due and _can_have_kin(known) else None


def _can_have_kin(known: Known) -> bool:
    return known.may_be_found and bool(known.history)


def _ask_for_kin(viewer: int) -> None:
    # Once a minute at most, should the worker have other things to do.
    with transaction.atomic():
        outbox.enqueue(kind=KIN, key=f"{KIN}:{viewer}:{timezone.now():%Y%m%dT%H%M}", payload={"user_id": viewer})


def _worked_out(viewer: int, history: History) -> list[Kin]:
    items = [item for item, _ in history[:LATEST]]
    others = Interaction.objects.filter(item__in=items, user__in=who_consents(purpose=Purpose.FINDABLE))
    # Nothing is asked for that does not stand in the index of item and user: of what is popular there are thousands of rows.
    counted = others.exclude(user=viewer).values("user").annotate(things=Count("item"), shared=ArrayAgg("item"))
    near = list(counted.filter(things__gte=FEWEST_SHARED).order_by("-things", "user")[:LOOKED_AT])
    wholes = _things_of(row["user"] for row in near)
    # The cosine of two sets, less the viewer's own size, which is the same for all: else the busiest would be like everybody.
    near.sort(key=lambda row: (-row["things"] / wholes[row["user"]] ** 0.5, row["user"]))
    topics = kinds.topics_of({item for row in near[:KEPT] for item in row["shared"]})
    return _with_topics({row["user"]: _most_shared(row["shared"], topics) for row in near[:KEPT]})


def _things_of(users: Iterable[int]) -> dict[int, int]:
    rows = Interaction.objects.filter(user__in=list(users)).values("user").annotate(things=Count("user"))
    return dict(rows.values_list("user", "things"))


def _most_shared(items: Iterable[str], topics: Mapping[str, frozenset[int]]) -> int | None:
    counted = Counter(topic for item in items for topic in sorted(topics.get(item, ())))
    return counted.most_common(1)[0][0] if counted else None


def _with_topics(found: Mapping[int, int | None]) -> list[Kin]:
    wanted = {topic for topic in found.values() if topic is not None}
    rows = {row["id"]: row for row in Topic.objects.filter(pk__in=wanted).values("id", "slug", "name_zh", "name_en")}
    return [{"id": user, "topic": rows[topic]} for user, topic in found.items() if topic in rows]


def _is_unwanted(topic: Topic, known: Known) -> bool:
    return topic.pk in known.less | known.refused
