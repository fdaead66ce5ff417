"""Reading the tree."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from core.text import is_chinese, slug

from . import rules
from .models import Topic

LONGEST_TEXT = 20_000
_NAMED, _CALLED = 3, 2


@dataclass(frozen=True)
class Branch:
    """A topic of the first level with those under it."""

    topic: Topic
    children: tuple[Topic, ...]


@dataclass(frozen=True)
class Suggestion:
    """A topic that a text seems to be about, and the words in it that say so."""

    topic: Topic
    score: float
    because: tuple[str, ...]


def tree() -> list[Branch]:
    """The whole tree, in the school's order; one query."""
    below: dict[int | None, list[Topic]] = {}
    for topic in Topic.objects.in_order():
        below.setdefault(topic.parent_id, []).append(topic)
    return [Branch(root, tuple(below.get(root.pk, []))) for root in below.get(None, [])]


def roots() -> QuerySet[Topic]:
    """The topics of the first level, in the school's order, as what a list may be narrowed to: without their synonyms."""
    return Topic.objects.roots().in_order().defer("synonyms")


def branches_to_choose() -> list[tuple[str, list[tuple[int, str]]]]:
    """The tree as the choices of a form: a group for each topic of the first level, which stands first in it."""
    return [
        (
            root.topic.name,
            [
                (root.topic.pk, _("All of %(topic)s") % {"topic": root.topic.name}),
                *((one.pk, one.name) for one in root.children),
            ],
        )
        for root in tree()
    ]


def by_slug(slug: str) -> Topic | None:
    """The topic at ``slug``; where it was merged, the one that it became (its own slug differs: redirect there)."""
    found = Topic.with_signposts.select_related("merged_into").filter(slug=slug).first()
    return found.merged_into or found if found else None


def by_slugs(slugs: Collection[str]) -> dict[str, Topic]:
    """The topics at ``slugs``, by the slug that was asked for; unknown ones are left out."""
    found = Topic.with_signposts.select_related("merged_into").filter(slug__in=slugs)
    return {topic.slug: topic.merged_into or topic for topic in found}


def called(words: Collection[str]) -> dict[str, Topic]:
    """The topics of which ``words`` are a slug, a name or a synonym, by the word; of two the first in the school's order."""
    terms = {rules.fold(term): topic for topic in reversed(Topic.objects.in_order()) for term in topic.terms}
    at = by_slugs({slug(word) for word in words})
    found = {word: at.get(slug(word)) or terms.get(rules.fold(word)) for word in words}
    return {word: topic for word, topic in found.items() if topic}


def today(topic_ids: Collection[int]) -> dict[int, int]:
    """The ids that stand today for ``topic_ids``, which may have been merged since somebody noted them."""
    found = Topic.with_signposts.filter(pk__in=topic_ids).values_list("pk", "merged_into_id")
    return {pk: into or pk for pk, into in found}


def first_name(through: type[Model], *, owner: str, of: str = "pk") -> Subquery:
    """
    The name of the first topic of each row, in the active language: for lists, inside their own query.

    ``through`` is the table that tags, ``owner`` its column for what is tagged, ``of`` the column of the list that names that.
    """
    name = "topic__name_zh" if is_chinese() else "topic__name_en"
    tagged: QuerySet[Model] = through._default_manager.filter(**{owner: OuterRef(of)})  # noqa: SLF001 - Django's own name for it
    return Subquery(tagged.order_by("topic_id").values(name)[:1])


def with_those_below(topic: Topic) -> list[int]:
    """The ids of ``topic`` and of the topics under it: what a list about it shows."""
    return [topic.pk, *topic.children.in_order().values_list("pk", flat=True)]


def suggest(*, text: str, limit: int = 5) -> list[Suggestion]:
    """
    The topics whose names or synonyms stand in ``text``, the best first; one query, and no more than 20,000 characters read.

    A name weighs 3 and a synonym 2, each further time half of that, up to four times. On a tie the narrower topic comes first.
    """
    folded = rules.fold(text[:LONGEST_TEXT])
    scored = [_score(topic, folded) for topic in Topic.objects.in_order()]
    found = [suggestion for suggestion in scored if suggestion.score > 0]
    found.sort(key=lambda each: (-each.score, each.topic.parent_id is None, each.topic.slug))
    return found[:limit]


def _score(topic: Topic, folded: str) -> Suggestion:
    weights: dict[str, tuple[str, int]] = {}
    for number, term in enumerate(topic.terms):
        weights.setdefault(rules.fold(term), (term, _NAMED if number < 2 else _CALLED))  # noqa: PLR2004 - two names
    score, because = 0.0, []
    for term, (written, weight) in weights.items():
        times = min(rules.count(term, folded), 4)
        if times:
            score += weight * (1 + (times - 1) / 2)
            because.append(written)
    return Suggestion(topic, score, tuple(because))
