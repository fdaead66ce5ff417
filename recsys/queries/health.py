"""How the recommender does: which sources fill the cards, and which new items nobody gets to see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recsys import rules
from recsys.models import Impression, TrainedModel

from .fresh import new_names, seen_by

DAYS = 7
ALARM = 0.5
FEWEST_CARDS = 100
SOURCES = {
    "model": _("what the member did"),
    "habits": _("what the member does most"),
    "interests": _("what the member said"),
    "follows": _("whom the member follows"),
    "authors": _("whose things the member has read"),
    "answerable": _("what the member could answer"),
    "onward": _("the next lesson of a course"),
    "path": _("the next step of a first path"),
    "people": _("members who like the same"),
    "new": _("a place kept for what is new"),
    "popular": _("popular"),
}


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
class Health:
    """``is_falling_back`` when most cards claim nothing personal although there were enough to judge by."""

    cards: int
    shares: list[Share]
    serving: TrainedModel | None
    is_falling_back: bool
    unseen: list[Unseen]


def health(*, as_of: datetime) -> Health:
    """The last week before ``as_of``; five queries."""
    since = timezone.localdate(as_of) - timedelta(days=DAYS)
    counted = Impression.objects.filter(day__gt=since).values("source").annotate(cards=Count("pk"))
    cards = dict(counted.values_list("source", "cards"))
    total = sum(cards.values())
    shares = [Share(source=source, cards=n, share=n / total) for source, n in sorted(cards.items(), key=_most)]
    impersonal = cards.get("popular", 0) / total if total else 0.0
    return Health(
        cards=total,
        shares=shares,
        serving=TrainedModel.objects.in_service(),
        is_falling_back=total >= FEWEST_CARDS and impersonal > ALARM,
        unseen=_unseen(as_of),
    )


def _unseen(as_of: datetime) -> list[Unseen]:
    seen = seen_by(new_names(as_of=as_of))
    few = [Unseen(name=name, members=n) for name, n in seen.items() if n < rules.FIRST_IMPRESSIONS]
    return sorted(few, key=lambda one: (one.members, one.name))


def _most(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
