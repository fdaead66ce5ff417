"""What members secretly like. Written to a file for whoever measures recommendations; neither database nor engine sees it."""

import json
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from . import content
from .people import People
from .plan import Plan

T = TypeVar("T")
AGAINST = 0.3
"""How often people do what they do not like: a friend said so, the boss did, it was raining."""


@dataclass(frozen=True, kw_only=True)
class Taste:
    """The topics that one member likes, each with its weight, and how lively they are, from 0 to 1."""

    topics: dict[str, float]
    liveliness: float

    def likes(self, topics: Collection[str]) -> float:
        """How much of ``topics`` is to this taste."""
        return sum(self.topics.get(topic, 0.0) for topic in topics)


def draw(plan: Plan, people: People) -> dict[int, Taste]:
    """Give every living member a taste: two or three topics, of one branch more often than not; by user id."""
    branches = {one["slug"]: [leaf["slug"] for leaf in one["children"]] for one in content.school()["topics"]}
    return {member.pk: _taste(plan.dice(f"taste:{member.username}"), branches) for member in people.members}


def keep(tastes: dict[int, Taste], people: People) -> Path:
    """Write the tastes to ``var/demo/interests.json`` and say where."""
    path = settings.VAR / "demo" / "interests.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {member.username: tastes[member.pk].topics for member in people.members}
    path.write_text(json.dumps(found, indent=1, sort_keys=True))
    return path


def choose(dice: random.Random, taste: Taste, options: Sequence[T], topics_of: Callable[[T], Collection[str]]) -> T:
    """One of ``options``: by taste, or, three times in ten, against it."""
    liked = [taste.likes(topics_of(one)) for one in options]
    wants_liked = dice.random() >= AGAINST
    weights = liked if wants_liked else [0.0 if like else 1.0 for like in liked]
    return dice.choices(options, weights)[0] if any(weights) else dice.choice(options)


def _taste(dice: random.Random, branches: dict[str, list[str]]) -> Taste:
    home = dice.choice(sorted(branches))
    everywhere = [leaf for leaves in branches.values() for leaf in leaves]
    liked = dice.sample(branches[home], k=2)
    if dice.random() < 0.5:  # noqa: PLR2004 - every second one also likes something else
        liked.append(dice.choice([leaf for leaf in everywhere if leaf not in branches[home]]))
    weights = [1.0, 0.7, 0.5]
    return Taste(topics=dict(zip(liked, weights, strict=False)), liveliness=0.15 + 0.85 * dice.random() ** 1.5)
