"""Generated words: each names the lesson that it stands under, and none comes often."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from courses.models import Lesson

from . import content
from .enrolling import Learner

MOST_OF_ONE = 5
"""No body stands more often than this in a whole world."""
_SHORTEST, _LONGEST = 12, 90
_SENTENCES = {"zh-hans": re.compile(r"(?<=[。！？])"), "en": re.compile(r"(?<=[.!?])\s+")}
_MARKUP = re.compile(r"[*_`#|\[\]<>]|^\s*[-\d>]")


class Opening(NamedTuple):
    """The title and the body that begin a thread."""

    title: str
    body: str


@dataclass
class Composer:
    """Makes posts and reviews from ``phrases.yaml`` and from sentences of the lesson itself."""

    used: Counter[str] = field(default_factory=Counter)
    _quotes: dict[int, list[str]] = field(default_factory=dict)
    _said: set[tuple[int, str]] = field(default_factory=set)

    def opening(self, dice: random.Random, *, lesson: Lesson, is_question: bool) -> Opening | None:
        """The beginning of a thread under ``lesson``; None where everything has been said about it."""
        kind = "questions" if is_question else "discussions"
        for pattern in dice.sample(self._phrases(lesson)[kind], k=len(self._phrases(lesson)[kind])):
            body = self._filled(dice, pattern["body"], lesson)
            if self._take(body):
                return Opening(self._filled(dice, pattern["title"], lesson)[:150], body)
        return None

    def replies(self, dice: random.Random, *, lesson: Lesson, is_question: bool, count: int) -> list[str]:
        """Up to ``count`` replies, no two of which are alike."""
        patterns = self._phrases(lesson)["answers" if is_question else "replies"]
        found: list[str] = []
        for pattern in dice.sample(patterns, k=len(patterns)):
            body = self._filled(dice, pattern, lesson)
            if len(found) < count and self._take(body):
                found.append(body)
        return found

    def review(self, dice: random.Random, *, lesson: Lesson, rating: int) -> str:
        """What somebody says of the course after ``lesson``."""
        patterns = self._phrases(lesson)["reviews"]["good" if rating > 3 else "mixed"]  # noqa: PLR2004 - stars
        for pattern in dice.sample(patterns, k=len(patterns)):
            body = self._filled(dice, pattern, lesson)
            # All reviews of a course stand on one page, and a lesson belongs to one course.
            if not self.used[body] and self._take(body):
                return body
        return ""

    def speaker(self, dice: random.Random, present: Sequence[Learner], body: str) -> Learner:
        """One of ``present`` by chance, or the next who has not said ``body`` before: a profile shows what somebody said lately."""
        first = dice.randrange(len(present))
        in_turn = [*present[first:], *present[:first]]
        who = next((one for one in in_turn if (one.user.pk, body) not in self._said), in_turn[0])
        self._said.add((who.user.pk, body))
        return who

    def _take(self, body: str) -> bool:
        if self.used[body] >= MOST_OF_ONE:
            return False
        self.used[body] += 1
        return True

    def _filled(self, dice: random.Random, pattern: str, lesson: Lesson) -> str:
        quotes = self._sentences(lesson)
        return pattern.format(
            lesson=lesson.title, course=lesson.course.title, quote=dice.choice(quotes) if quotes else lesson.title,
            minutes=lesson.minutes, often=dice.randrange(2, 6), days=dice.randrange(2, 12),
        ).strip()  # fmt: skip

    def _phrases(self, lesson: Lesson) -> dict[str, Any]:
        found: dict[str, Any] = content.phrases()[lesson.language]
        return found

    def _sentences(self, lesson: Lesson) -> list[str]:
        """Plain sentences of the lesson that are worth quoting; whoever may read the thread may read the lesson."""
        if lesson.pk not in self._quotes:
            prose = re.sub(r"```.*?```", "", lesson.source, flags=re.DOTALL)
            lines = [line.strip() for line in prose.splitlines() if line.strip() and not _MARKUP.search(line)]
            found = [one.strip() for line in lines for one in _SENTENCES[lesson.language].split(line)]
            self._quotes[lesson.pk] = [one for one in found if _SHORTEST <= len(one) <= self._longest(lesson)]
        return self._quotes[lesson.pk]

    def _longest(self, lesson: Lesson) -> int:
        return _LONGEST if lesson.language == "zh-hans" else 2 * _LONGEST
