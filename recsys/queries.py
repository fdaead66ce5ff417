"""What is for a member, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import is_personalized
from courses.models import Course, Enrollment
from forum.models import Thread
from surveys.queries import topic_interests
from topics.models import Topic

from . import kinds, matrix, rules, serving
from .engine import ranking, reasons
from .models import Dismissal, Interaction

CANDIDATES = 150
PER_CREATOR = 3
INTEREST_BONUS = 0.5


@dataclass(frozen=True, kw_only=True)
class Pick:
    """An item chosen for somebody, with the source that chose it and what it is owed to."""

    item: kinds.Item
    source: str
    because: str


def feed(*, viewer: Any, limit: int = 10) -> list[dict[str, Any]]:
    """
    Up to ``limit`` cards for ``viewer``, each with its true reason, in the form that ``feed_card.html`` takes.

    The list is worked out anew from the latest facts (one fold-in); what is owned, dismissed or not theirs to see is left
    out inside the SQL. Members without a history get what fits their interests, then what is popular, and the cards say so.
    """
    return [_card(pick, viewer) for pick in picks(viewer=viewer, limit=limit)]


def picks(*, viewer: Any, limit: int) -> list[Pick]:
    """The items of the feed in their order."""
    history = _history(viewer)
    without = _left_out(viewer, history)
    interests: dict[int, float] = dict(topic_interests(viewer)) if is_personalized(viewer) else {}
    chosen = _personal(viewer, history, without, interests, limit)
    if len(chosen) < limit:
        without |= {pick.item.name for pick in chosen}
        chosen += _popular(viewer, without, interests, limit - len(chosen))
    return chosen


def content_ids(*, viewer: Any, limit: int) -> list[str]:
    """The names of the items, as the document's endpoint returns them."""
    return [pick.item.name for pick in picks(viewer=viewer, limit=limit)]


def _history(viewer: Any) -> list[tuple[str, float]]:
    if not is_personalized(viewer):
        return []
    latest = Interaction.objects.filter(user=viewer).order_by("-happened_at", "item")
    return list(latest.values_list("item", "weight")[: rules.LONGEST_HISTORY])


def _left_out(viewer: Any, history: Sequence[tuple[str, float]]) -> set[str]:
    owned = Enrollment.objects.filter(user=viewer, ended_at__isnull=True).values_list("course_id", flat=True)
    own = Thread.objects.filter(author=viewer).values_list("pk", flat=True)
    dismissed = Dismissal.objects.filter(user=viewer).values_list("item", flat=True)
    seen = {item for item, _ in history if not item.startswith("lesson:")}
    return {*dismissed, *seen, *(f"course:{pk}" for pk in owned), *(f"thread:{pk}" for pk in own)}


def _personal(
    viewer: Any, history: Sequence[tuple[str, float]], without: set[str], interests: dict[int, float], limit: int
) -> list[Pick]:
    served = serving.current()
    if served is None or not history:
        return []
    row, ages = matrix.history_row(history, column_of=served.column_of)
    if not row.nnz:
        return []
    scores = served.model.scores(row, ages=ages)
    allowed = np.array([not item.startswith("lesson:") and item not in without for item in served.items])
    best = [
        int(n)
        for n in ranking.top_k(scores, k=min(CANDIDATES, len(served.items)), allowed=allowed)[0]
        if n != ranking.NOTHING
    ]
    items = kinds.load([served.items[n] for n in best], viewer=viewer)
    open_best = [n for n in best if served.items[n] in items]
    worth = np.array(
        [scores[0, n] + INTEREST_BONUS * _fit(items[served.items[n]], interests) for n in open_best], dtype=np.float32
    )
    creators = [items[name].creator_id if name in items else None for name in served.items]
    shown = ranking.varied(open_best, worth, k=limit, creators=creators, per_creator=PER_CREATOR)
    why = reasons.reasons(served.model, row, items=shown, ages=ages, most=1)
    causes = kinds.load({served.items[found[0].item] for found in why if found}, viewer=viewer)
    picks = []
    for number, found in zip(shown, why, strict=True):
        item = items[served.items[number]]
        cause = causes.get(served.items[found[0].item]) if found else None
        because = _because(cause, dict(history)) if cause else _interest(item, interests)
        picks.append(
            Pick(
                item=item,
                source="model" if cause else "interests" if because else "popular",
                because=because or _popular_words(),
            )
        )
    return picks


def _popular(viewer: Any, without: set[str], interests: dict[int, float], limit: int) -> list[Pick]:
    names = [name for name in _popular_names(viewer, sorted(interests)) if name not in without]
    items = kinds.load(names[:CANDIDATES], viewer=viewer)
    ranked = sorted((items[name] for name in names if name in items), key=lambda item: -_fit(item, interests))
    taken: dict[int, int] = {}
    found: list[Pick] = []
    for item in ranked:
        taken[item.creator_id] = taken.get(item.creator_id, 0) + 1
        if taken[item.creator_id] <= PER_CREATOR and len(found) < limit:
            because = _interest(item, interests)
            found.append(
                Pick(item=item, source="interests" if because else "popular", because=because or _popular_words())
            )
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


def _fit(item: kinds.Item, interests: dict[int, float]) -> float:
    return max((interests.get(topic, 0.0) for topic in item.topic_ids), default=0.0)


def _interest(item: kinds.Item, interests: dict[int, float]) -> str:
    best = max(
        (topic for topic in item.topic_ids if topic in interests), key=lambda topic: interests[topic], default=None
    )
    if best is None:
        return ""
    return _("You said that %(topic)s interests you") % {"topic": Topic.objects.get(pk=best).name}


def _because(cause: kinds.Item, weights: dict[str, float]) -> str:
    weight = weights.get(cause.name, 0.0)
    if cause.name.startswith("lesson:"):
        words = (
            _("Because you finished “%(title)s”")
            if weight >= rules.COMPLETED_LESSON
            else _("Because you read “%(title)s”")
        )
    elif cause.name.startswith("course:"):
        words = _("Because you study “%(title)s”")
    else:
        words = (
            _("Because you took part in “%(title)s”")
            if weight > rules.VIEWED_THREAD
            else _("Because you read “%(title)s”")
        )
    return words % {"title": cause.title}


def _popular_words() -> str:
    return _("Many people are here at the moment")


def _card(pick: Pick, viewer: Any) -> dict[str, Any]:
    item = pick.item
    languages = {"zh-hans": "中文", "en": "English"}
    reads = viewer.reads
    return {
        "why": pick.because, "url": item.url, "title": item.title, "lang": item.language, "kind": item.kind_label, "facts": item.facts,
        "mean": item.mean, "other_language": "" if item.language in reads else languages.get(item.language, item.language),
        "less_url": reverse("recsys:dismiss", args=[item.name, Dismissal.Reason.NOT_INTERESTED]),
        "known_url": reverse("recsys:dismiss", args=[item.name, Dismissal.Reason.KNOWN]), "source": pick.source,
    }  # fmt: skip
