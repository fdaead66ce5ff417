"""Noting what was looked for."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import Purpose
from accounts.queries import has_consented
from core import events
from core.events import Code
from topics.queries import suggest

from . import rules
from .events import Searched
from .models import Phrase, PhraseSearch, SearchDay, TopicSearch

TOPICS = 3


@transaction.atomic
def note_search(*, viewer: Any, text: str, hits: int) -> None:
    """
    Tell the stream that somebody looked for ``text`` and how much was found.

    The words themselves go nowhere until four others have typed the same: what only one person looks for may be a name.
    """
    tidy = rules.tidy(text)
    if not rules.SHORTEST <= len(tidy) <= rules.LONGEST:
        return
    may_count = has_consented(user=viewer, purpose=Purpose.ANALYTICS)
    topics = [suggestion.topic.pk for suggestion in suggest(text=tidy, limit=TOPICS)]
    seal = rules.seal(tidy) if may_count else ""
    events.publish(Searched(phrase=Code(seal), topic_ids=topics, hits=hits), by=viewer if may_count else None)
    if may_count and _is_everybodys(seal, viewer):
        Phrase.objects.bulk_create([Phrase(seal=seal, text=tidy)], ignore_conflicts=True)


def _is_everybodys(seal: str, viewer: Any) -> bool:
    others = PhraseSearch.objects.filter(phrase=seal).exclude(user=viewer).values("user").distinct()
    return others[: rules.FEWEST - 1].count() == rules.FEWEST - 1


def count_days(days: Collection[tuple[Any, int, int, int]]) -> None:
    """Add to each day its searches, those without a person and those without a result."""
    for day, *counts in sorted(days):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO insights_searchday (day, searches, uncounted, without_result) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (day) DO UPDATE SET searches = insights_searchday.searches + excluded.searches, "
                "uncounted = insights_searchday.uncounted + excluded.uncounted, "
                "without_result = insights_searchday.without_result + excluded.without_result",
                [day, *counts],
            )


@transaction.atomic
def forget_searches_of(*, user_id: int) -> None:
    """Delete what a member looked for; the counts without persons stay."""
    TopicSearch.objects.filter(user_id=user_id).delete()
    PhraseSearch.objects.filter(user_id=user_id).delete()


@transaction.atomic
def forget_old_searches(*, as_of: datetime) -> None:
    """Drop what no figure asks about any more, and the words that nobody has typed since."""
    before = timezone.localdate(as_of) - timedelta(days=rules.KEPT_DAYS)
    for kind in (TopicSearch, PhraseSearch, SearchDay):
        kind.objects.filter(day__lt=before).delete()  # type: ignore[attr-defined]
    Phrase.objects.exclude(seal__in=PhraseSearch.objects.values("phrase")).delete()
