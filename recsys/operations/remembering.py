"""Remembering and forgetting."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import User
from accounts.queries import who_consents
from recsys import rules
from recsys.models import Dismissal, Impression, Interaction, Kinship, TopicWish
from recsys.queries import people
from recsys.queries.knowing import what_is_known
from topics.models import Topic


def note_interactions(seen: Sequence[tuple[int, str, float, datetime]]) -> None:
    """Keep for each member and item the largest weight and the latest time; one statement, however many."""
    latest: dict[tuple[int, str], tuple[float, datetime]] = {}
    for user_id, item, weight, at in seen:
        known = latest.get((user_id, item), (0.0, at))
        latest[user_id, item] = (max(known[0], weight), max(known[1], at))
    known_users = _remembered({user_id for user_id, _ in latest})
    rows = [(user_id, item, *value) for (user_id, item), value in sorted(latest.items()) if user_id in known_users]
    if not rows:
        return
    values = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO recsys_interaction (user_id, item, weight, happened_at) VALUES {values} "  # noqa: S608
            "ON CONFLICT (user_id, item) DO UPDATE SET weight = greatest(recsys_interaction.weight, excluded.weight), "
            "happened_at = greatest(recsys_interaction.happened_at, excluded.happened_at)",
            [cell for row in rows for cell in row],
        )


def _remembered(user_ids: set[int]) -> set[int]:
    """Those who still exist and let us learn from what they do."""
    return set(who_consents(purpose=Purpose.PERSONALIZATION).filter(pk__in=user_ids).values_list("pk", flat=True))


@transaction.atomic
def dismiss(*, user: User, item: str, reason: str) -> None:
    """Never show ``item`` to ``user`` again, from the next request on."""
    Dismissal.objects.get_or_create(user=user, item=item, defaults={"reason": reason})


@transaction.atomic
def take_back_dismissal(*, user: User, item: str) -> None:
    """Let ``item`` be shown again."""
    Dismissal.objects.filter(user=user, item=item).delete()


@transaction.atomic
def wish(*, user: User, topic: Topic, wish: str) -> None:
    """Say what ``user`` wants of ``topic``; it replaces what they said of it before."""
    TopicWish.objects.update_or_create(
        user=user, topic=topic, defaults={"wish": TopicWish.Wish(wish), "created_at": timezone.now()}
    )


@transaction.atomic
def take_back_wish(*, user: User, topic: Topic) -> None:
    """Let ``topic`` be judged again by what is known of ``user``."""
    TopicWish.objects.filter(user=user, topic=topic).delete()


_NOTE = """
    WITH commit AS (
        SELECT set_config('synchronous_commit', CASE WHEN %s THEN 'off' ELSE current_setting('synchronous_commit') END, true)
    )
    INSERT INTO recsys_impression (user_id, item, day, source)
    SELECT %s, item, %s, source FROM unnest(%s::text[], %s::text[]) AS shown (item, source), commit
    ON CONFLICT DO NOTHING
"""


def note_shown(*, user: User, cards: Iterable[Mapping[str, Any]]) -> None:
    """
    Note that ``cards`` were shown to ``user`` today; one statement, and none when they look again.

    A card says itself whether it is to be noted: not with personalization off, and not twice a day. No page waits until the
    disk has it: what a crash takes away is the last second of what was shown, and a card is shown once more.
    """
    noted = {card["name"]: card["source"] for card in cards if card["is_to_be_noted"]}
    if not noted:
        return
    with connection.cursor() as cursor:
        # Inside somebody's transaction it is theirs to say how it is committed.
        is_alone = not connection.in_atomic_block
        cursor.execute(_NOTE, [is_alone, user.pk, timezone.localdate(), list(noted), list(noted.values())])


@transaction.atomic
def forget_what_was_done(*, user_id: int) -> None:
    """Delete what was learned from the acts of a member; what they wished for is theirs and stays."""
    Interaction.objects.filter(user_id=user_id).delete()
    Impression.objects.filter(user_id=user_id).delete()


def find_who_is_alike(*, user_id: int) -> None:
    """Work out who likes the same as ``user_id`` and keep it, unless that was done within the hour."""
    viewer = User.objects.filter(pk=user_id).first()
    found = people.kin_of(what_is_known(viewer)) if viewer else None
    if found is not None:
        fields = {"kept": found, "worked_out_at": timezone.now()}
        Kinship.objects.update_or_create(user_id=user_id, defaults=fields)


@transaction.atomic
def forget_who_is_alike(*, user_id: int) -> None:
    """Delete what is kept of who likes the same, for ``user_id`` and wherever they are among those who do; it is worked out anew."""
    Kinship.objects.filter(Q(user=user_id) | Q(kept__contains=[{"id": user_id}])).delete()


def forget_old_impressions(*, as_of: datetime) -> int:
    """Drop impressions that nothing asks about any more; return how many."""
    return Impression.objects.filter(day__lt=timezone.localdate(as_of) - timedelta(days=rules.KEPT_DAYS)).delete()[0]
