"""Training under a lease, and deciding what serves."""

import itertools
import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import events
from core.audit import record
from core.events import Code
from recsys import features, leasing, matrix, probing, words
from recsys.engine import DamagedModel, load
from recsys.events import ModelTrained
from recsys.measuring import fitted, measured
from recsys.models import SERVES, TrainedModel, TrainingRun

LEAST_MEMBERS = 20
"""Below so many members a factorization learns nothing; popularity and interests serve until then."""
TOLERANCE = 0.98
"""A challenger may be this much worse on the holdout: it has learned from newer facts."""


class TooLittleToLearn(Exception):
    """There are too few members with a history."""


class CannotServe(Exception):
    """The files of the model are gone, damaged, or not what was measured."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """What a training gave."""

    model: TrainedModel
    is_in_service: bool


def retrain(*, as_of: datetime | None = None) -> Training:
    """
    Fit on what people did up to ``as_of``; serve the result unless it recommends worse than what serves now.

    Both are measured in this training, on the same later part of what people did, which neither has seen (``measuring``). What
    is then served is fitted on everything, saved, read back and asked whether it is still itself.

    :raises TooLittleToLearn: if fewer than twenty members have a history.
    :raises leasing.Busy: if a training is running already.
    """
    with leasing.leased() as lease:
        done = _trained(lease, as_of or timezone.now())
        why_not = done.model.refused_because
        lease.end(outcome=f"not put in service: {why_not}" if why_not else SERVES, model=done.model)
        return done


def _trained(lease: leasing.Lease, as_of: datetime) -> Training:
    data = matrix.build(until=as_of)
    if data.weights.shape[0] < LEAST_MEMBERS or data.weights.shape[1] < 2:  # noqa: PLR2004 - one item cannot be ranked
        lease.end(outcome="too few members have a history to learn from")
        raise TooLittleToLearn
    known = features.build(data)
    lease.at(TrainingRun.Stage.FITTING)
    whole = fitted(data.weights, data.ages, known, shown=data.is_card)
    lease.at(TrainingRun.Stage.MEASURING)
    report = measured(whole, data, known, TrainedModel.objects.in_service())
    report["chosen"] = getattr(whole, "chosen", {})
    report["probe"] = probing.probe(whole, data.items)
    folder = _save(whole, data, as_of)
    lease.at(TrainingRun.Stage.CHECKING)
    damage = what_is_wrong_with(folder, report)
    lease.at(TrainingRun.Stage.DONE)
    return _record(lease, whole.kind, folder, as_of, report, damage)


def what_is_wrong_with(folder: str, report: dict[str, Any]) -> str:
    """Why the saved model in ``folder`` may not serve: gone, altered, or not what was measured; empty when nothing is."""
    place = Path(settings.MODELS_ROOT) / folder
    try:
        model, items = load(place), json.loads((place / "items.json").read_text())
        return probing.disagreement(model, items, report.get("probe", {}))
    except (OSError, ValueError, DamagedModel) as damaged:
        return words.fault(damaged, place=place)


@transaction.atomic
def put_in_service(*, model: TrainedModel, by: User) -> None:
    """
    Let ``model`` serve from now on, on record; putting the one in service there again changes nothing.

    :raises CannotServe: if its files cannot be read.
    """
    champion = TrainedModel.objects.select_for_update().in_service()
    if damage := what_is_wrong_with(model.folder, model.report):
        raise CannotServe(damage)
    if champion is not None and champion.pk == model.pk:
        return
    model.put_in_service_at, model.refused_because = timezone.now(), ""
    model.save(update_fields=["put_in_service_at", "refused_because"])
    record(by=by, act="recsys.put_in_service", subject=f"model:{model.pk}", before={"model": champion and champion.pk})


def note_refusal(*, model: TrainedModel, why: str) -> None:
    """Write down why ``model`` may not serve, so that the desk says so beside it."""
    TrainedModel.objects.filter(pk=model.pk).update(refused_because=why[:200])


def _save(fitted: Any, data: matrix.Data, as_of: datetime) -> str:
    root = Path(settings.MODELS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    name = _free_name(root, f"{as_of:%Y%m%dT%H%M%S%f}")
    unfinished = root / f".{name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    # The site folds each member in from their latest acts: a vector of somebody who withdraws must not lie on the disk.
    fitted.without_members().save(unfinished)
    (unfinished / "items.json").write_text(json.dumps(data.items))
    # A reader sees either no folder or a whole one.
    unfinished.rename(root / name)
    return name


def _free_name(root: Path, name: str) -> str:
    """``name``, numbered where it is taken: a database made anew forgets the folders that an earlier one left."""
    taken = (f"{name}-{n}" if n else name for n in itertools.count())
    return next(one for one in taken if not (root / one).exists())


@transaction.atomic
def _record(
    lease: leasing.Lease, kind: str, folder: str, as_of: datetime, report: dict[str, Any], damage: str
) -> Training:
    lease.hold()
    champion = TrainedModel.objects.select_for_update().in_service()
    why_not = (damage or _why_not(report, champion))[:200]
    row = TrainedModel.objects.create(
        folder=folder, kind=kind, as_of=as_of, report=report, score=report["ndcg_10"], refused_because=why_not,
        put_in_service_at=None if why_not else timezone.now(),
    )  # fmt: skip
    events.publish(ModelTrained(model_id=row.pk, kind=Code(kind), is_in_service=not why_not), subject=f"model:{row.pk}")
    return Training(model=row, is_in_service=not why_not)


def _why_not(report: dict[str, Any], champion: TrainedModel | None) -> str:
    score, beside = report["ndcg_10"], report.get("champion", {})
    if (champion and champion.pk) != beside.get("model"):
        return "another model was put in service meanwhile, with which it was not compared"
    if score < beside.get("ndcg_10", 0.0) * TOLERANCE:
        return f"it recommends worse than the one in service ({score:.4f} against {beside['ndcg_10']:.4f} on the same)"
    if not np.isfinite(score) or score < report["popularity_ndcg_10"] * TOLERANCE:
        return f"it recommends worse than popularity ({score:.4f} against {report['popularity_ndcg_10']:.4f})"
    return ""
