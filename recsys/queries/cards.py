"""The cards of a feed, in the form that ``feed_card.html`` takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.web.naming import addresses_of
from recsys.models import Dismissal, TopicWish
from topics.models import Topic

from .knowing import Known, Pick

_NO_TOPIC = {"topic": "", "less_url": ""}


class _Menu:
    """Where the menus of cards lead, found once for all of them."""

    def __init__(self) -> None:
        self.dismiss = addresses_of("recsys:dismiss", "kind:1", Dismissal.Reason.KNOWN.value)
        self.why = addresses_of("recsys:why", "kind:1")
        self.less = addresses_of("recsys:wish", "slug", TopicWish.Wish.LESS.value)
        self._about: dict[int, dict[str, str]] = {}

    def of(self, name: str, topic: Topic | None) -> dict[str, str]:
        """The addresses for the item called ``name``."""
        return {
            "not_interested_url": self.dismiss(name, Dismissal.Reason.NOT_INTERESTED.value),
            "known_url": self.dismiss(name, Dismissal.Reason.KNOWN.value),
            "why_url": self.why(name), **(self._less_of(topic) if topic else _NO_TOPIC),
        }  # fmt: skip

    def _less_of(self, topic: Topic) -> dict[str, str]:
        if topic.pk not in self._about:
            less = self.less(topic.slug, TopicWish.Wish.LESS.value)
            self._about[topic.pk] = {"topic": topic.name, "less_url": less}
        return self._about[topic.pk]


def cards(picks: Iterable[Pick], known: Known) -> list[dict[str, Any]]:
    """A card for each of ``picks``."""
    menu = _Menu()
    return [_card(pick, known, menu) for pick in picks]


def _card(pick: Pick, known: Known, menu: _Menu) -> dict[str, Any]:
    item = pick.item
    languages = {"zh-hans": "中文", "en": "English"}
    topic = item.topics[0] if item.topics else None
    return {
        "name": item.name, "why": pick.because, "url": item.look.url, "title": item.title, "lang": item.language,
        "kind": item.look.kind_label, "facts": item.look.facts, "mean": item.look.mean, "source": pick.source,
        "is_person": item.name.startswith("member:"), "picture_url": item.look.picture_url,
        "is_to_be_noted": known.may_infer and item.name not in known.shown_today,
        "other_language": languages.get(item.language, item.language) if known.is_foreign(item) else "",
        **menu.of(item.name, topic),
    }  # fmt: skip
