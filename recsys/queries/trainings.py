"""How training goes, and how the last model does beside the one that serves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recsys.models import TrainedModel, TrainingRun

LATEST = 5
COMPARED: tuple[tuple[Any, Callable[[TrainedModel], Any]], ...] = (
    (_("NDCG@10 on what followed"), lambda model: model.score),
    (_("popularity, on the same"), lambda model: model.report.get("popularity_ndcg_10")),
    (_("recall@20"), lambda model: model.report.get("recall_20")),
    (_("coverage@10"), lambda model: model.report.get("coverage_10")),
    (_("members learned from"), lambda model: model.report.get("members")),
    (_("items"), lambda model: model.report.get("items")),
    (_("seconds of training"), lambda model: _seconds(model)),  # noqa: PLW0108 - it stands below
    (_("sources and their shares"), lambda model: _shares(model)),  # noqa: PLW0108 - it stands below
)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One figure of the model that serves and of the last one that was trained."""

    label: str
    champion: str
    challenger: str


def trainings() -> dict[str, Any]:
    """The run that goes on, the last ones, and champion beside challenger; a constant number of queries."""
    runs = list(TrainingRun.objects.select_related("model").order_by("-started_at")[:LATEST])
    champion = TrainedModel.objects.in_service()
    challenger = TrainedModel.objects.order_by("-trained_at").first()
    return {
        "runs": runs,
        "running": next((run for run in runs if run.ended_at is None and run.leased_until > timezone.now()), None),
        "stages": len(TrainingRun.Stage), "champion": champion, "challenger": challenger,
        "compared": [
            Compared(label=str(label), champion=_written(of, champion), challenger=_written(of, challenger))
            for label, of in COMPARED
        ],
    }  # fmt: skip


def _written(of: Callable[[TrainedModel], Any], model: TrainedModel | None) -> str:
    value = None if model is None else of(model)
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _seconds(model: TrainedModel) -> float | None:
    run = model.runs.filter(ended_at__isnull=False).first()
    return round((run.ended_at - run.started_at).total_seconds(), 1) if run and run.ended_at else None


def _shares(model: TrainedModel) -> str | None:
    shares = model.report.get("chosen", {}).get("shares")
    if not shares:
        return None
    total = sum(shares.values())
    return ", ".join(f"{source} {100 * share / total:.0f} %" for source, share in shares.items())
