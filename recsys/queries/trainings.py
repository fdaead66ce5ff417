"""How training goes, and how the last model does beside the one that serves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import text
from recsys import serving, words
from recsys.models import TrainedModel, TrainingRun

LATEST = 5
_MEASURED = {
    "ndcg_10": _("NDCG@10 on what followed"),
    "recall_20": _("recall@20"),
    "coverage_10": _("coverage@10"),
}
"""What both were measured by in the training of the challenger."""
_KNOWN: tuple[tuple[Any, Callable[[TrainedModel], Any]], ...] = (
    (_("members learned from"), lambda model: model.report.get("members")),
    (_("items"), lambda model: model.report.get("items")),
    (_("seconds of training"), lambda model: _seconds(model)),  # noqa: PLW0108 - it stands below
    (_("sources and their shares"), lambda model: _shares(model)),  # noqa: PLW0108 - it stands below
)
_HOLDOUTS = {
    "time": _("what members did after an instant, of which neither knew"),
    "inner": _("each member's last step, of which neither knew"),
}
_WAYS = {
    "as it serves": _("asked as it serves"),
    "fitted anew": _("fitted anew on the same past, as the challenger was, each as it had chosen"),
}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One figure of the model that served and of the last one that was trained."""

    label: str
    champion: str
    challenger: str


def trainings() -> dict[str, Any]:
    """The run that goes on, the last ones, and champion beside challenger; a constant number of queries."""
    runs = list(TrainingRun.objects.select_related("model").order_by("-started_at")[:LATEST])
    challenger = TrainedModel.objects.order_by("-trained_at").first()
    beside = challenger.report.get("champion", {}) if challenger else {}
    champion = TrainedModel.objects.filter(pk=beside["model"]).first() if beside else None
    served = served_lately()
    return {
        "serving": next(iter(served), None), "former": next(iter(served[1:]), None),
        "runs": runs,
        "running": next((run for run in runs if run.ended_at is None and run.leased_until > timezone.now()), None),
        "stages": len(TrainingRun.Stage), "champion": champion, "challenger": challenger,
        "compared": [*_measured(beside, challenger), *_known(champion, challenger)],
        "holdout": _HOLDOUTS.get(challenger.report.get("holdout", "")) if challenger else None,
        "asked": challenger.report.get("asked") if challenger else None, "way": _WAYS.get(beside.get("way", ""), beside.get("way", "")),
    }  # fmt: skip


def served_lately() -> list[TrainedModel]:
    """The model that serves, and the one to which one could go back; none of which it is known that it cannot be read."""
    served = TrainedModel.objects.filter(put_in_service_at__isnull=False, refused_because="")
    latest = served.order_by("-put_in_service_at")[:LATEST]
    return [one for one in latest if not serving.cannot_be_read(one)][:2]


def _measured(beside: dict[str, Any], challenger: TrainedModel | None) -> Iterator[Compared]:
    """What both reached on the same holdout; a figure from another training would compare two exams."""
    own = challenger.report if challenger else {}
    for name, label in _MEASURED.items():
        yield Compared(label=str(label), champion=_written(beside.get(name)), challenger=_written(own.get(name)))
    popular = _written(own.get("popularity_ndcg_10"))
    yield Compared(label=str(_("popularity, on the same")), champion=popular if beside else "–", challenger=popular)


def _known(champion: TrainedModel | None, challenger: TrainedModel | None) -> Iterator[Compared]:
    for label, of in _KNOWN:
        figures = [_written(of(model) if model else None) for model in (champion, challenger)]
        yield Compared(label=str(label), champion=figures[0], challenger=figures[1])


def _written(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _seconds(model: TrainedModel) -> str | None:
    run = model.runs.filter(ended_at__isnull=False).first()
    return f"{(run.ended_at - run.started_at).total_seconds():.1f}" if run and run.ended_at else None


def _shares(model: TrainedModel) -> str | None:
    shares = model.report.get("chosen", {}).get("shares")
    if not shares:
        return None
    total = sum(shares.values())
    return text.joined(f"{words.model(source)} {100 * share / total:.0f} %" for source, share in shares.items())
