"""From facts to what was looked for, day by day."""

from collections import Counter
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Purpose
from accounts.events import ConsentChanged
from accounts.queries import who_consents
from core import events
from topics.queries import today

from . import operations
from .events import Searched
from .models import PhraseSearch, SearchDay, TopicSearch


def _reset() -> None:
    for kind in (TopicSearch, PhraseSearch, SearchDay):
        kind.objects.all().delete()  # type: ignore[attr-defined]


listens = events.listener("insights.searches", called=_("What is searched for"), resets=_reset)
forgets = events.listener("insights.consent", called=_("What the figures forget"))


@listens.in_bulk(Searched)
def count_searches(facts: Sequence[Searched]) -> None:
    """Keep who looked for what on which day, of those who let us, and the number of searches of all."""
    known = _counted({fact.actor_id for fact in facts if fact.actor_id})
    days = [(fact, timezone.localdate(fact.happened_at)) for fact in facts]
    current = today({topic for fact in facts for topic in fact.topic_ids})
    TopicSearch.objects.bulk_create(
        [
            TopicSearch(user_id=fact.actor_id, topic_id=topic, day=day)
            for fact, day in days
            if fact.actor_id in known
            for topic in sorted({current[one] for one in fact.topic_ids if one in current})
        ],
        ignore_conflicts=True,
    )
    phrases = {
        (fact.actor_id, fact.phrase, day): fact.hits > 0 for fact, day in days if fact.actor_id in known and fact.phrase
    }
    PhraseSearch.objects.bulk_create(
        [
            PhraseSearch(user_id=who, phrase=seal, day=day, has_found=found)
            for (who, seal, day), found in phrases.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "phrase", "day"],
        update_fields=["has_found"],
    )
    operations.count_days(_totals(days))


@forgets(ConsentChanged)
def stop_counting(fact: ConsentChanged) -> None:
    """Forget what somebody looked for who no longer lets us count it."""
    if fact.purpose == Purpose.ANALYTICS.value and not fact.is_given:
        operations.forget_searches_of(user_id=fact.user_id)


def _counted(user_ids: set[int]) -> set[int]:
    # Asked again here, not only when the fact was told: a replay must not bring back what was withdrawn.
    return set(who_consents(purpose=Purpose.ANALYTICS).filter(pk__in=user_ids).values_list("pk", flat=True))


def _totals(days: Sequence[tuple[Searched, object]]) -> list[tuple[object, int, int, int]]:
    searches = Counter(day for _, day in days)
    uncounted = Counter(day for fact, day in days if fact.actor_id is None)
    without = Counter(day for fact, day in days if not fact.hits)
    return [(day, count, uncounted[day], without[day]) for day, count in searches.items()]
