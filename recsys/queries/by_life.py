"""What there is most life in, for those of whom the model knows nothing: courses by learners, threads by what was said last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, FloatField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Extract

from courses.models import Course
from forum.models import Thread
from recsys import kinds, rules

from .abroad import kept_back
from .knowing import Known
from .liking import Liking

LOOKED_AT = 150


def popular(known: Known, without: frozenset[str], limit: int) -> list[kinds.Item]:
    """Up to ``limit`` items, none of ``without``: those about what ``known.viewer`` likes first."""
    names = [name for name in _popular_names(known.viewer, sorted(known.stated)) if name not in without]
    items = known.shelf.glance([*names[:LOOKED_AT], *known.looked_at])
    liking = known.liking
    taken: Counter[int] = Counter()
    found: list[kinds.Item] = []
    for item in _by_liking([items[name] for name in names if name in items], liking, known):
        taken[item.creator_id] += 1
        if taken[item.creator_id] <= rules.PER_CREATOR and len(found) < limit:
            found.append(item)
    return found


def _by_liking(items: Sequence[kinds.Item], liking: Liking, known: Known) -> list[kinds.Item]:
    by_worth = sorted(items, key=lambda item: -liking.worth(item))
    back = kept_back(by_worth, known)
    return sorted(by_worth, key=lambda item: item.name in back)


def _popular_names(viewer: Any, topic_ids: Sequence[int]) -> list[str]:
    """Courses by learners and threads by life, taken in turns, those of the viewer's topics first; one query."""
    courses = Course.objects.visible_to(viewer).published().order_by("-enrollment_count", "-pk")
    threads = Thread.objects.open_to(viewer).liveliest_first()
    first, *others = [
        _beginning(rows[:many], is_far, kind, worth)
        for kind, everything, worth in (("course", courses, F("enrollment_count")), ("thread", threads, _SECONDS))
        for is_far, many, rows in ((False, 30, everything.filter(_about(topic_ids))), (True, 40, everything))
        if topic_ids or is_far
    ]
    # The parts of a union have no order of their own, so it is made again.
    ordered = sorted(first.union(*others, all=True), key=lambda row: (row[0], -row[1], -row[3]))
    listed = [[f"{kind}:{pk}" for _, _, kind, pk in ordered if kind == wanted] for wanted in ("course", "thread")]
    return [name for pair in _in_turns([list(dict.fromkeys(names)) for names in listed]) for name in pair]


_SECONDS = Extract("last_post_at", "epoch")


def _about(topic_ids: Sequence[int]) -> Q:
    return Q(topics__in=topic_ids) | Q(topics__parent__in=topic_ids)


def _beginning(rows: QuerySet[Any], is_far: bool, kind: str, worth: Any) -> QuerySet[Any, Any]:  # noqa: FBT001 - a column
    named = rows.annotate(
        is_far=Value(is_far), worth=Cast(worth, FloatField()), of_kind=Value(kind, TextField()), number=F("pk")
    )
    return named.values_list("is_far", "worth", "of_kind", "number")


def _in_turns(lists: Sequence[Sequence[str]]) -> Iterable[list[str]]:
    for n in range(max(map(len, lists), default=0)):
        yield [one[n] for one in lists if n < len(one)]
