"""Filling the tree, and making one topic of two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, events

from . import merging
from .events import TopicMerged
from .models import Topic
from .rules import CannotMerge, Leaf, TreeError, read_tree, tidy_synonyms


@dataclass(frozen=True)
class Loaded:
    """What loading a tree did, by slug."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]


@transaction.atomic
def load_tree(*, topics: Sequence[Mapping[str, Any]]) -> Loaded:
    """
    Bring the topics of ``topics`` (dictionaries with ``slug, zh, en, synonyms, children``) into the tree, all or none.

    A topic is known by its slug. What is in the tree and not in the list stays; doing it again changes nothing.

    :raises TreeError: if the list is wrong, or names a topic that was merged into another.
    """
    loaded = Loaded([], [], [])
    there = {topic.slug: topic for topic in Topic.with_signposts.select_for_update().order_by("pk")}
    for leaf in read_tree(topics):
        topic = there.get(leaf.slug)
        if topic is not None and topic.merged_into_id:
            raise TreeError(f"{leaf.slug} was merged into {topic.merged_into}")
        there[leaf.slug] = _plant(leaf, topic, there, loaded)
    return loaded


@transaction.atomic
def merge(*, topic: Topic, into: Topic, by: Any) -> Topic:
    """
    Make ``topic`` a part of ``into``: references, the topics under it and its words move there, its address leads there.

    :raises CannotMerge: if they are the same, one was merged before, or a third level would come about.
    """
    # In ascending order: two merges against each other wait and never deadlock.
    locked = {
        row.pk: row
        for row in Topic.with_signposts.select_for_update().filter(pk__in=[topic.pk, into.pk]).order_by("pk")
    }
    topic, into = locked[topic.pk], locked[into.pk]
    _require_mergeable(topic, into)
    merging.move_references(topic_id=topic.pk, into_id=into.pk)
    Topic.objects.filter(parent=topic).update(parent=into)
    Topic.with_signposts.filter(merged_into=topic).update(merged_into=into)
    into.synonyms = tidy_synonyms([*into.synonyms, *topic.terms])
    into.save(update_fields=["synonyms"])
    topic.merged_into, topic.parent = into, None
    topic.save(update_fields=["merged_into", "parent"])
    audit.record(by=by, act="topics.merge", subject=f"topic:{topic.pk}", after={"into": into.pk, "slug": into.slug})
    events.publish(TopicMerged(topic_id=topic.pk, into_id=into.pk), by=by, subject=f"topic:{topic.pk}")
    return into


def _require_mergeable(topic: Topic, into: Topic) -> None:
    if topic.pk == into.pk:
        raise CannotMerge(_("A topic cannot be merged into itself."))
    if topic.merged_into_id or into.merged_into_id:
        raise CannotMerge(_("One of them was merged already."))
    below = Topic.objects.filter(parent=topic)
    if below.exists() and (into.parent_id is not None):
        raise CannotMerge(_("There are topics under it, so it can only become part of a topic of the first level."))
    left = merging.unregistered()
    if left:
        raise CannotMerge(_("These references would be left behind: %(names)s.") % {"names": ", ".join(left)})


def _plant(leaf: Leaf, topic: Topic | None, there: Mapping[str, Topic], loaded: Loaded) -> Topic:
    wanted = {
        "name_zh": leaf.zh,
        "name_en": leaf.en,
        "synonyms": list(leaf.synonyms),
        "place": leaf.place,
        "parent_id": there[leaf.parent].pk if leaf.parent else None,
    }
    if topic is None:
        loaded.created.append(leaf.slug)
        return Topic.objects.create(slug=leaf.slug, **wanted)
    changed = [name for name, value in wanted.items() if getattr(topic, name) != value]
    for name in changed:
        setattr(topic, name, wanted[name])
    if changed:
        topic.save(update_fields=changed)
    (loaded.changed if changed else loaded.unchanged).append(leaf.slug)
    return topic
