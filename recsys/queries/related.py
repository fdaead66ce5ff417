"""What stands beside one thing: what its people also took, what is like it, and what a member could answer."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core.text import within_quotes
from courses.models import Course, Lesson
from forum.models import Post, Thread
from recsys import kinds, matrix, rules, serving
from recsys.engine import ranking
from recsys.models import Interaction

from . import wording
from .halving import halved
from .knowing import Known, Pick, what_is_known

LOOKED_AT = 40


def related(*, viewer: Any, name: str, limit: int = 4, listed: Collection[str] = ()) -> list[Pick] | None:
    """
    Up to ``limit`` things beside ``name``, each with its true reason; None when ``viewer`` may not see it.

    First what at least five of its people also took, in the order of the model that serves, then what is about the same.
    What the viewer owns, dismissed or wants less of is treated as in their feed, and what stands on the page already (``listed``)
    is left out. A constant number of queries.
    """
    name = _as_a_course(name)
    about = kinds.load([name], viewer=viewer).get(name)
    if about is None:
        return None
    known = what_is_known(viewer) if viewer.is_authenticated else None
    shelf = known.shelf if known else kinds.Shelf(viewer)
    without = {name, *listed, *(known.without if known else ())}
    taken = _taken_by_its_people(name)
    ranked = [one for one in _in_order_of_the_model(name, list(taken)) if one not in without]
    alike = [one for one in _about_the_same(viewer, about) if one not in without and one not in taken]
    items = shelf.load([*ranked[:LOOKED_AT], *alike])
    picks = [Pick(item=items[one], source="also", because=_also(about, items[one])) for one in ranked if one in items]
    picks += [Pick(item=items[one], source="alike", because=_alike(about, items[one])) for one in alike if one in items]
    return _shortened(picks, known, limit)


def answerable(*, viewer: Any, limit: int = 4, without: Collection[str] = ()) -> list[Pick]:
    """
    Questions that wait and that ``viewer`` could answer: on topics about which they gave answers, or said something.

    What they want less of is halved, what they dismissed is left out. With personalization off there are none.
    """
    known = what_is_known(viewer)
    if not known.may_infer:
        return []
    given = known.answered
    topics = {*given, *known.stated}
    waiting = Thread.objects.open_to(viewer).unanswered().filter(topics__in=topics).exclude(author=viewer)
    answered = Post.objects.filter(author=viewer, is_first=False).values("thread")
    waiting = (
        waiting.filter(language__in=viewer.reads).exclude(pk__in=answered).order_by("reply_count", "-created_at", "-pk")
    )
    names = list(dict.fromkeys(f"thread:{pk}" for pk in waiting.values_list("pk", flat=True)[:LOOKED_AT]))
    items = known.shelf.load(names)
    found = [
        Pick(item=items[name], source="answerable", because=because)
        for name in names
        if name in items and name not in without and (because := _could_answer(items[name], given, known))
    ]
    return _shortened(found, known, limit)


def _as_a_course(name: str) -> str:
    """Beside a lesson stands what stands beside its course."""
    kind, _sep, ident = name.partition(":")
    if kind != "lesson":
        return name
    return f"course:{Lesson.objects.filter(pk=ident).values_list('course', flat=True).first() or 0}"


def _taken_by_its_people(name: str) -> dict[str, int]:
    """What at least five of those who had to do with ``name`` also had to do with, and how many; one query."""
    people = Interaction.objects.filter(item=name).values("user")
    others = Interaction.objects.filter(user__in=people).exclude(Q(item=name) | Q(item__startswith="lesson:"))
    counted = others.values("item").annotate(people=Count("user")).filter(people__gte=rules.FEWEST)
    return dict(counted.order_by("-people", "item").values_list("item", "people")[:LOOKED_AT])


def _in_order_of_the_model(name: str, names: Sequence[str]) -> list[str]:
    """``names`` as the serving model ranks them for somebody who took ``name`` alone; as they are where it knows nothing."""
    served = serving.current()
    if served is None or name not in served.column_of or not names:
        return list(names)
    row, ages = matrix.history_row([(name, 1.0)], column_of=served.column_of)
    scores = ranking.z_scores(served.model.scores(row, ages=ages))[0]
    return sorted(names, key=lambda one: -float(scores[served.column_of[one]]) if one in served.column_of else 0.0)


def _about_the_same(viewer: Any, about: kinds.Item) -> list[str]:
    """Courses and threads that share a topic, those that share most first; two queries."""
    topics = sorted(about.topic_ids)
    shared = Count("topics", filter=Q(topics__in=topics))
    courses = Course.objects.visible_to(viewer).published().filter(topics__in=topics).annotate(shared=shared)
    threads = Thread.objects.open_to(viewer).filter(topics__in=topics).annotate(shared=shared)
    return [
        *(
            f"course:{pk}"
            for pk in courses.order_by("-shared", "-enrollment_count", "-pk").values_list("pk", flat=True)[:8]
        ),
        *(
            f"thread:{pk}"
            for pk in threads.order_by("-shared", "-last_post_at", "-pk").values_list("pk", flat=True)[:8]
        ),
    ]


def _could_answer(item: kinds.Item, given: Counter[int], known: Known) -> str:
    topics = [topic for topic in item.topics if given[topic.pk]]
    if topics:
        topic = max(topics, key=lambda one: given[one.pk])
        return wording.because_you_answered((topic.name_zh, topic.name_en))
    stated = wording.stated_topic(item, known.stated)
    if stated is None:
        return ""
    return wording.because_of_interest(known.stated[stated].source, wording.names_of(stated, item))


def _also(about: kinds.Item, item: kinds.Item) -> str:
    are_courses = about.name.startswith("course:") and item.name.startswith("course:")
    words = (
        _("Learners of “%(title)s” also study it")
        if are_courses
        else _("Whoever was at “%(title)s” was often here too")
    )
    return words % {"title": within_quotes(about.title)}


def _alike(about: kinds.Item, item: kinds.Item) -> str:
    shared = next(topic for topic in item.topics if topic.pk in about.topic_ids)
    return _("Also about %(topic)s") % {"topic": shared.name}


def _shortened(picks: Sequence[Pick], known: Known | None, limit: int) -> list[Pick]:
    """The first ``limit``, no more than three of one creator; a topic that the viewer wants less of gets half of its places."""
    taken: Counter[int] = Counter()
    kept: list[Pick] = []
    for pick in picks:
        taken[pick.item.creator_id] += 1
        if taken[pick.item.creator_id] <= rules.PER_CREATOR:
            kept.append(pick)
    return halved(kept, known.less, limit) if known and known.less else kept[:limit]
