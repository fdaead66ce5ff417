"""Remembering, forgetting, training."""

import json
import logging
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import User
from accounts.queries import without_consent
from core import events
from core.audit import record
from core.events import Code
from topics.models import Topic

from . import matrix, rules
from .engine import MODELS, DamagedModel, load, train_default
from .engine.evaluation import metrics, splits
from .events import ModelTrained
from .models import Dismissal, Impression, Interaction, TopicWish, TrainedModel

logger = logging.getLogger(__name__)

LEAST_MEMBERS = 20
"""Below so many members a factorization learns nothing; popularity and interests serve until then."""
TOLERANCE = 0.98
"""A challenger may be this much worse on the holdout: it has learned from newer facts."""


class TooLittleToLearn(Exception):
    """There are too few members with a history."""


class CannotServe(Exception):
    """The files of the model are gone, damaged, or not what was measured."""


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
    refused = without_consent(purpose=Purpose.PERSONALIZATION, user_ids=user_ids)
    return set(User.objects.filter(pk__in=user_ids - refused).values_list("pk", flat=True))


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


def note_shown(*, user: User, cards: Iterable[Mapping[str, Any]]) -> None:
    """
    Note that ``cards`` were shown to ``user`` today; one statement, and looking again changes nothing.

    Of members with personalization off nothing is noted; their cards say so, which saves asking once more.
    """
    today = timezone.localdate()
    rows = [
        Impression(user=user, item=card["name"], source=card["source"], day=today)
        for card in cards
        if card["may_be_noted"]
    ]
    Impression.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def forget_what_was_done(*, user_id: int) -> None:
    """Delete what was learned from the acts of a member; what they wished for is theirs and stays."""
    Interaction.objects.filter(user_id=user_id).delete()
    Impression.objects.filter(user_id=user_id).delete()


def forget_old_impressions(*, as_of: datetime) -> int:
    """Drop impressions that nothing asks about any more; return how many."""
    return Impression.objects.filter(day__lt=as_of.date() - timedelta(days=rules.KEPT_DAYS)).delete()[0]


@dataclass(frozen=True, kw_only=True)
class Training:
    """What a training gave."""

    model: TrainedModel
    is_in_service: bool


def retrain(*, as_of: datetime | None = None) -> Training:
    """
    Fit on what people did up to ``as_of``; serve the result unless it recommends worse than what serves now.

    Both are measured on the same holdout: each member's last steps, hidden from the fit that is measured (leave-last by
    time, Koren 2009). What is then served is fitted on everything.

    :raises TooLittleToLearn: if fewer than twenty members have a history.
    """
    as_of = as_of or timezone.now()
    data = matrix.build(until=as_of)
    if data.weights.shape[0] < LEAST_MEMBERS or data.weights.shape[1] < 2:  # noqa: PLR2004 - one item cannot be ranked
        raise TooLittleToLearn
    report = _measure(data)
    fitted = train_default(data.weights, ages=data.ages, seed=0)
    folder = _save(fitted, data, as_of)
    return _record(fitted.kind, folder, as_of, report)


@transaction.atomic
def put_in_service(*, model: TrainedModel, by: User) -> None:
    """
    Let ``model`` serve from now on, on record; putting the one in service there again changes nothing.

    :raises CannotServe: if its files cannot be read.
    """
    champion = TrainedModel.objects.select_for_update().in_service()
    if champion is not None and champion.pk == model.pk:
        return
    try:
        load(Path(settings.MODELS_ROOT) / model.folder)
    except (OSError, DamagedModel) as damaged:
        raise CannotServe(str(damaged)) from damaged
    model.put_in_service_at = timezone.now()
    model.save(update_fields=["put_in_service_at"])
    record(by=by, act="recsys.put_in_service", subject=f"model:{model.pk}", before={"model": champion and champion.pk})


def _measure(data: matrix.Data) -> dict[str, Any]:
    """NDCG@10 of the default model and of popularity on each member's hidden last steps."""
    cut = splits.inner(data.weights, data.ages, seed=0)
    found: dict[str, Any] = {
        "members": int(data.weights.shape[0]),
        "items": int(data.weights.shape[1]),
        "entries": int(data.weights.nnz),
    }
    challenger = train_default(cut.X, ages=cut.ages, seed=0)
    found["ndcg_10"] = metrics.ndcg_10(challenger, cut)
    found["popularity_ndcg_10"] = metrics.ndcg_10(MODELS["popularity"](cut.X), cut)
    return found


def _save(fitted: Any, data: matrix.Data, as_of: datetime) -> str:
    root = Path(settings.MODELS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    name = f"{as_of:%Y%m%dT%H%M%S%f}"
    unfinished = root / f".{name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    # The site folds each member in from their latest acts: a vector of somebody who withdraws must not lie on the disk.
    fitted.without_members().save(unfinished)
    (unfinished / "items.json").write_text(json.dumps(data.items))
    # A reader sees either no folder or a whole one.
    unfinished.rename(root / name)
    return name


@transaction.atomic
def _record(kind: str, folder: str, as_of: datetime, report: dict[str, Any]) -> Training:
    champion = TrainedModel.objects.select_for_update().in_service()
    why_not = _why_not(report, champion)
    row = TrainedModel.objects.create(
        folder=folder, kind=kind, as_of=as_of, report=report, score=report["ndcg_10"], refused_because=why_not,
        put_in_service_at=None if why_not else timezone.now(),
    )  # fmt: skip
    events.publish(ModelTrained(model_id=row.pk, kind=Code(kind), is_in_service=not why_not), subject=f"model:{row.pk}")
    return Training(model=row, is_in_service=not why_not)


def _why_not(report: dict[str, Any], champion: TrainedModel | None) -> str:
    score = report["ndcg_10"]
    if not np.isfinite(score) or score < report["popularity_ndcg_10"] * TOLERANCE:
        return f"it recommends worse than popularity ({score:.4f} against {report['popularity_ndcg_10']:.4f})"
    if champion is not None and champion.score is not None and score < champion.score * TOLERANCE:
        return f"it recommends worse than the one in service ({score:.4f} against {champion.score:.4f})"
    return ""
