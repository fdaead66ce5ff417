"""What is for a member, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from scipy import sparse

from accounts.queries import is_personalized
from core.web.naming import address_of
from courses.models import Course, Enrollment
from forum.models import Thread
from recsys import kinds, matrix, rules, serving
from recsys.engine import ranking, reasons
from recsys.models import Dismissal, Impression, TopicWish

from . import fresh, telling, wording
from .halving import HALVED_AMONG, halved
from .interests import History, Stated, history_of, stated_by, wishes_of, without_refused
from .liking import INTEREST_BONUS, beyond_the_model, liking_of

CANDIDATES = 150
PER_CREATOR = 3
RELEVANCE = 0.9
"""How much of a card's worth is its score; the rest is how little it resembles the cards above it."""


@dataclass(frozen=True, kw_only=True)
class Pick:
    """An item chosen for somebody, with the source that chose it and what it is owed to."""

    item: kinds.Item
    source: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a list is worked out from: asked for once a request."""

    viewer: Any
    may_infer: bool
    history: History
    stated: dict[int, Stated]
    less: frozenset[int]
    refused: frozenset[int]
    without: frozenset[str]
    shelf: kinds.Shelf


def feed(*, viewer: Any, limit: int = 10) -> list[dict[str, Any]]:
    """
    Up to ``limit`` cards for ``viewer``, each with its true reason, in the form that ``feed_card.html`` takes.

    The list is worked out anew from the latest facts (one fold-in); what is owned, dismissed, resting or not theirs to
    see is left out inside the SQL. Members without a history get what fits their interests, then what is popular, and
    the cards say so.
    """
    known = what_is_known(viewer)
    return [_card(pick, known) for pick in _picks(known, limit)]


def picks(*, viewer: Any, limit: int, without: Collection[str] = ()) -> list[Pick]:
    """The items of the feed in their order, none of ``without``; a longer list begins with the shorter one."""
    known = what_is_known(viewer)
    return _picks(replace(known, without=known.without.union(without)), limit)


def _picks(known: Known, limit: int) -> list[Pick]:
    if not known.less:
        return _with_new(known, _ranked(known, limit), limit)
    among = max(limit, HALVED_AMONG)
    return _with_new(known, halved(_ranked(known, 2 * among), known.less, among), limit)


def content_ids(*, viewer: Any, limit: int) -> list[str]:
    """The names of the items, as the document's endpoint returns them."""
    return [pick.item.name for pick in picks(viewer=viewer, limit=limit)]


def what_is_known(viewer: Any) -> Known:
    """Everything that decides what ``viewer`` is shown."""
    wishes = wishes_of(viewer)
    may_infer = is_personalized(viewer)
    history = history_of(viewer) if may_infer else []
    return Known(
        viewer=viewer,
        may_infer=may_infer,
        history=without_refused(history, wishes),
        stated=stated_by(viewer, wishes) if may_infer else {},
        less=_wished(wishes, TopicWish.Wish.LESS),
        refused=_wished(wishes, TopicWish.Wish.NOT_MINE),
        without=frozenset(_left_out(viewer, history)),
        shelf=kinds.Shelf(viewer),
    )


def _wished(wishes: Mapping[int, str], what: str) -> frozenset[int]:
    return frozenset(topic for topic, wish in wishes.items() if wish == what)


def _left_out(viewer: Any, history: History) -> Iterable[str]:
    """What is owned, written by themselves, dismissed or resting, in one query; and what they have had to do with."""
    owned = _named("course", Enrollment.objects.filter(user=viewer, ended_at__isnull=True), "course_id")
    own = _named("thread", Thread.objects.filter(author=viewer), "pk")
    dismissed = Dismissal.objects.filter(user=viewer).values_list("item", flat=True)
    yield from owned.union(own, dismissed, _resting(viewer), all=True)
    yield from (item for item, _ in history if not item.startswith("lesson:"))


def _named(kind: str, rows: QuerySet[Any], field: str) -> QuerySet[Any, Any]:
    return rows.annotate(
        item=Concat(Value(f"{kind}:"), Cast(field, TextField()), output_field=TextField())
    ).values_list("item", flat=True)


def _resting(viewer: Any) -> QuerySet[Any, Any]:
    since = timezone.localdate() - timedelta(days=rules.WITHIN_DAYS)
    shown = Impression.objects.filter(user=viewer, day__gt=since).values("item").annotate(days=Count("pk"))
    return shown.filter(days__gte=rules.SHOWN_DAYS).values_list("item", flat=True)


def _ranked(known: Known, limit: int) -> list[Pick]:
    chosen = _personal(known, limit)
    missing = limit - sum(not _is_foreign(pick.item, known) for pick in chosen)
    if missing > 0:
        taken = known.without | {pick.item.name for pick in chosen}
        chosen += _popular(known, taken, missing)
    return sorted(chosen, key=lambda pick: _is_foreign(pick.item, known))[:limit]


def _with_new(known: Known, chosen: list[Pick], limit: int) -> list[Pick]:
    """``chosen`` with a new item at each place that is kept for one."""
    places = range(rules.PLACE_FOR_NEW, limit, rules.EVERY)
    taken = known.without | {pick.item.name for pick in chosen}
    for place, item in zip(places, fresh.items_for(known.shelf, without=taken, count=len(places)), strict=False):
        if not item.topic_ids & known.less:
            chosen.insert(place, Pick(item=item, source="new", because=wording.because_it_is_new()))
    return chosen[:limit]


def _personal(known: Known, limit: int) -> list[Pick]:
    served = serving.current()
    if served is None or not known.history:
        return []
    row, ages = matrix.history_row(known.history, column_of=served.column_of)
    if not row.nnz:
        return []
    scores = served.model.scores(row, ages=ages)
    best = _best(served, scores, known)
    # What may stand at the places for new things, and what reasons may name, come along in the same few queries.
    new = fresh.names_for(known.viewer, without=known.without, count=limit)
    known.shelf.load([*(served.items[n] for n in best), *new, *(item for item, _ in known.history)])
    items = known.shelf.load([served.items[n] for n in best])
    numbers = [n for n in best if served.items[n] in items]
    liking = liking_of(known)
    worth = {n: float(scores[0, n]) + INTEREST_BONUS * liking.of(items[served.items[n]]) for n in numbers}
    shown = _varied(served, items, worth, known, limit)
    beyond = beyond_the_model(liking, row, [items[served.items[n]] for n in shown], served)
    why = reasons.reasons(served.model, row, items=shown, ages=ages, most=1, beyond=beyond)
    told = telling.told([items[served.items[n]] for n in shown], why, liking=liking)
    causes = known.shelf.load({served.items[one.item] for one in told if one})
    return [
        _pick(items[served.items[n]], causes.get(served.items[one.item]) if one else None, known)
        for n, one in zip(shown, told, strict=True)
    ]


def _varied(
    served: serving.Served, items: dict[str, kinds.Item], worth: dict[int, float], known: Known, limit: int
) -> list[int]:
    """The best of many kinds; what is in a language that they do not read stands behind the rest and is not left out."""
    shown: list[int] = []
    creators = np.full(len(served.items), None, dtype=object)
    for name, item in items.items():
        creators[served.column_of[name]] = item.creator_id
    for is_foreign in (False, True):
        numbers = [n for n in worth if _is_foreign(items[served.items[n]], known) == is_foreign]
        if numbers and len(shown) < limit:
            shown += ranking.varied(
                numbers, np.array([worth[n] for n in numbers], dtype=np.float32), k=limit - len(shown),
                topics=aspects_of(served, items), relevance=RELEVANCE, creators=creators, per_creator=PER_CREATOR,
            )  # fmt: skip
    return shown


def aspects_of(served: serving.Served, items: dict[str, kinds.Item]) -> sparse.csr_matrix:
    """(items, topics and kinds): in what two cards resemble each other, so that ten cards are not of one topic and kind."""
    columns: dict[Any, int] = {}
    found = [
        (served.column_of[name], columns.setdefault(aspect, len(columns)))
        for name, item in items.items()
        for aspect in (*sorted(item.topic_ids), name.partition(":")[0])
    ]
    rows, at = zip(*found, strict=True) if found else ((), ())
    return sparse.csr_matrix(
        (np.ones(len(rows), dtype=np.float32), (rows, at)), shape=(len(served.items), max(len(columns), 1))
    )


def _best(served: serving.Served, scores: Any, known: Known) -> list[int]:
    allowed = served.is_card.copy()
    allowed[[served.column_of[item] for item in known.without if item in served.column_of]] = False
    best = ranking.top_k(scores, k=min(CANDIDATES, len(served.items)), allowed=allowed)[0]
    return [int(n) for n in best if n != ranking.NOTHING]


def _pick(item: kinds.Item, cause: kinds.Item | None, known: Known) -> Pick:
    if cause is not None:
        return Pick(item=item, source="model", because=wording.because_of(cause, dict(known.history)))
    return _by_interest(item, known)


def _by_interest(item: kinds.Item, known: Known) -> Pick:
    because = wording.because_of_interest(item, known.stated)
    if because:
        return Pick(item=item, source="interests", because=because)
    return Pick(item=item, source="popular", because=wording.because_it_is_popular())


def _popular(known: Known, without: frozenset[str], limit: int) -> list[Pick]:
    names = [name for name in _popular_names(known.viewer, sorted(known.stated)) if name not in without]
    items = known.shelf.load(names[:CANDIDATES])
    ranked = sorted(
        (items[name] for name in names if name in items),
        key=lambda item: (_is_foreign(item, known), -_fit(item, known.stated)),
    )
    taken: Counter[int] = Counter()
    found: list[Pick] = []
    for item in ranked:
        taken[item.creator_id] += 1
        if taken[item.creator_id] <= PER_CREATOR and len(found) < limit:
            found.append(_by_interest(item, known))
    return found


def _popular_names(viewer: Any, topic_ids: Sequence[int]) -> list[str]:
    """Courses by learners and threads by life, taken in turns, those of the viewer's topics first."""
    mine = Q(topics__in=topic_ids) | Q(topics__parent__in=topic_ids)
    courses = Course.objects.visible_to(viewer).published().order_by("-enrollment_count", "-pk")
    threads = Thread.objects.open_to(viewer).liveliest_first()
    listed: list[list[str]] = []
    for kind, rows in (("course", courses), ("thread", threads)):
        near = list(rows.filter(mine).values_list("pk", flat=True)[:30]) if topic_ids else []
        listed.append([f"{kind}:{pk}" for pk in dict.fromkeys([*near, *rows.values_list("pk", flat=True)[:40]])])
    return [name for pair in _in_turns(listed) for name in pair]


def _in_turns(lists: Sequence[Sequence[str]]) -> Iterable[list[str]]:
    for n in range(max(map(len, lists), default=0)):
        yield [one[n] for one in lists if n < len(one)]


def _fit(item: kinds.Item, stated: dict[int, Stated]) -> float:
    return max((stated[topic].weight for topic in item.topic_ids if topic in stated), default=0.0)


def _is_foreign(item: kinds.Item, known: Known) -> bool:
    return item.language not in known.viewer.reads


def _card(pick: Pick, known: Known) -> dict[str, Any]:
    item = pick.item
    languages = {"zh-hans": "中文", "en": "English"}
    topic = item.topics[0] if item.topics else None
    return {
        "name": item.name, "why": pick.because, "url": item.look.url, "title": item.title, "lang": item.language,
        "kind": item.look.kind_label, "facts": item.look.facts, "mean": item.look.mean, "source": pick.source,
        "may_be_noted": known.may_infer,
        "other_language": "" if item.language in known.viewer.reads else languages.get(item.language, item.language),
        "not_interested_url": address_of("recsys:dismiss", item.name, Dismissal.Reason.NOT_INTERESTED.value),
        "known_url": address_of("recsys:dismiss", item.name, Dismissal.Reason.KNOWN.value),
        "why_url": address_of("recsys:why", item.name),
        "topic": topic.name if topic else "",
        "less_url": address_of("recsys:wish", topic.slug, TopicWish.Wish.LESS.value) if topic else "",
    }  # fmt: skip
