"""How the recommender does: which sources fill the cards, and which new items nobody gets to see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from recsys import rules, serving
from recsys.models import Impression, TrainedModel

from .fresh import new_names, seen_by
from .variety import Variety, variety

DAYS = 7
ALARM = 0.5
FEWEST_CARDS = 100
SOURCES = {
    "model": gettext_lazy("what the member did"),
    "habits": gettext_lazy("what the member does most"),
    "interests": gettext_lazy("what the member said"),
    "follows": gettext_lazy("whom the member follows"),
    "groups": gettext_lazy("the member's groups"),
    "authors": gettext_lazy("whose things the member has read"),
    "answerable": gettext_lazy("what the member could answer"),
    "onward": gettext_lazy("the next lesson of a course"),
    "path": gettext_lazy("the next step of a first path"),
    "people": gettext_lazy("members who like the same"),
    "new": gettext_lazy("a place kept for what is new"),
    "popular": gettext_lazy("popular"),
}
IMPERSONAL = {"popular", "new"}


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many cards of the last week came from ``source``; ``share`` lies between 0 and 1."""

    source: str
    cards: int
    share: float

    @property
    def words(self) -> str:
        """The source in words."""
        return str(SOURCES.get(self.source, self.source))

    @property
    def percent(self) -> int:
        """The share as a whole number of hundredths."""
        return round(100 * self.share)


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """A new item and how many members were shown it."""

    name: str
    members: int


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number and what it means; ``waits`` when somebody should look."""

    label: str
    value: str
    note: str = ""
    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class Health:
    """
    ``is_falling_back`` when most cards claim nothing personal although there were enough to judge by, ``is_unreadable`` when the
    model that should serve cannot be opened.
    """

    cards: int
    members: int
    shares: list[Share]
    serving: TrainedModel | None
    is_falling_back: bool
    is_unreadable: bool
    unseen: list[Unseen]
    variety: Variety

    @property
    def figures(self) -> list[Figure]:
        """What the page begins with."""
        return list(_figures(self))


def health(*, as_of: datetime) -> Health:
    """The last week before ``as_of``; a constant number of queries."""
    since = _since(as_of)
    shown = Impression.objects.filter(day__gt=since)
    cards = _cards_by_source(since)
    total = sum(cards.values())
    shares = [Share(source=source, cards=n, share=n / total) for source, n in sorted(cards.items(), key=_most)]
    row = TrainedModel.objects.in_service()
    return Health(
        cards=total,
        members=shown.aggregate(many=Count("user", distinct=True))["many"],
        shares=shares,
        serving=row,
        is_falling_back=_is_falling_back(cards),
        is_unreadable=row is not None and serving.cannot_be_read(row),
        unseen=_unseen(as_of),
        variety=variety(since=since),
    )


def trouble(*, as_of: datetime) -> str:
    """In a few words why members get less than they should; empty when they do not. Two queries."""
    row = TrainedModel.objects.in_service()
    if row is not None and serving.cannot_be_read(row):
        return _("the one that should serve cannot be read")
    return _("most cards are only popular") if _is_falling_back(_cards_by_source(_since(as_of))) else ""


def _since(as_of: datetime) -> date:
    return timezone.localdate(as_of) - timedelta(days=DAYS)


def _cards_by_source(since: date) -> dict[str, int]:
    counted = Impression.objects.filter(day__gt=since).values("source").annotate(cards=Count("pk"))
    return dict(counted.values_list("source", "cards"))


def _is_falling_back(cards: Mapping[str, int]) -> bool:
    total = sum(cards.values())
    return total >= FEWEST_CARDS and cards.get("popular", 0) > ALARM * total


def _unseen(as_of: datetime) -> list[Unseen]:
    seen = seen_by(new_names(as_of=as_of))
    few = [Unseen(name=name, members=n) for name, n in seen.items() if n < rules.FIRST_IMPRESSIONS]
    return sorted(few, key=lambda one: (one.members, one.name))


def _figures(found: Health) -> Iterator[Figure]:
    members = ngettext("%(count)d member", "%(count)d members", found.members) % {"count": found.members}
    yield Figure(label=_("Cards in seven days"), value=str(found.cards), note=members if found.cards else "")
    impersonal = sum(one.cards for one in found.shares if one.source in IMPERSONAL)
    yield Figure(
        label=_("With a personal reason"), value=_percent(1 - impersonal / found.cards if found.cards else None),
        waits=found.is_falling_back,
    )  # fmt: skip
    seen = _("%(shown)d of %(there)d") % {"shown": found.variety.shown, "there": found.variety.there}
    there = found.variety.there
    yield Figure(
        label=_("Of the school on a card"), value=_percent(found.variety.shown / there if there else None), note=seen
    )
    yield Figure(label=_("Evenness"), value=_percent(found.variety.evenness), note=_("100 % when all are shown alike"))
    yield Figure(
        label=_("Unlike within a list"),
        value=_percent(found.variety.unlike),
        note=_("pairs of cards without a common topic"),
    )
    yield Figure(
        label=_("New, and hardly seen"),
        value=str(len(found.unseen)),
        note=_("by fewer than %(count)d members") % {"count": rules.FIRST_IMPRESSIONS},
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _most(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
