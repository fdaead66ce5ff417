"""The models at the desk: what each training gave, which one serves, and how the feed is doing."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit.admin import Audited, InWords

from . import kinds, operations, queries, serving, words
from .models import TrainedModel


@admin.register(TrainedModel)
class TrainedModelAdmin(Audited):
    """Trainings, the newest first. A former one is put back in service by one act."""

    list_display = ("trained_at", "which", "own", "against_popularity", "members", "is_serving", "why_not")
    list_filter = ("trained_at", InWords.on("kind", title=gettext_lazy("kind"), said=words.model))
    ordering = ("-trained_at",)
    actions = ("put_in_service",)
    fields = readonly_fields = (
        "which", "trained_at", "as_of", "score", "against_popularity", "against_the_one_in_service", "members",
        "put_in_service_at", "why_not", "folder",
    )  # fmt: skip
    change_list_template = "admin/recsys/trainedmodel/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: models are trained."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: the record of trainings stays."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Its own page beside the list."""
        own = path("health/", self.admin_site.admin_view(self.health), name="recsys_trainedmodel_health")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, below how the present training goes and what serves beside what came last."""
        may_change = self.has_change_permission(request)
        return super().changelist_view(
            request, {**(extra_context or {}), **queries.trainings(), "may_change": may_change}
        )

    def health(self, request: HttpRequest) -> HttpResponse:
        """Which sources fill the cards, and which new items few have seen."""
        found = queries.health(as_of=timezone.now())
        items = kinds.load([one.name for one in found.unseen], viewer=request.user)
        rows = [(items[one.name], one.members) for one in found.unseen if one.name in items]
        context = {
            **self.admin_site.each_context(request),
            "title": _("How recommendations do"),
            "health": found,
            "unseen": rows,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/recsys/trainedmodel/health.html", context)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def which(self, model: TrainedModel) -> str:
        """What was trained, in words."""
        return words.model(model.kind)

    @admin.display(description=TrainedModel._meta.get_field("score").verbose_name, ordering="score")  # noqa: SLF001 - documented
    def own(self, model: TrainedModel) -> str:
        """What it reaches on its holdout, in as many digits as anybody compares."""
        return _figure(model.score)

    @admin.display(description=gettext_lazy("popularity, on the same"))
    def against_popularity(self, model: TrainedModel) -> str:
        """What popularity alone reaches on the same holdout."""
        return _figure(model.report.get("popularity_ndcg_10"))

    @admin.display(description=gettext_lazy("members learned from"))
    def members(self, model: TrainedModel) -> int:
        """How many members had a history."""
        return int(model.report.get("members", 0))

    @admin.display(description=gettext_lazy("serves now"), boolean=True)
    def is_serving(self, model: TrainedModel) -> bool:
        """Whether it is the one that serves."""
        served = queries.served_lately()
        return bool(served) and served[0].pk == model.pk

    @admin.display(description=TrainedModel._meta.get_field("refused_because").verbose_name)  # noqa: SLF001 - documented
    def why_not(self, model: TrainedModel) -> str:
        """Why it does not serve, in words."""
        return model.why_not or words.outcome(serving.why_unreadable(model))

    @admin.display(description=gettext_lazy("the one in service"))
    def against_the_one_in_service(self, model: TrainedModel) -> str:
        """What the model that served reached on the same holdout, in the same training."""
        beside = model.report.get("champion")
        return _figure(beside.get("ndcg_10")) if beside else _("None served.")

    @admin.action(description=gettext_lazy("Put in service"), permissions=["change"])
    def put_in_service(self, request: HttpRequest, queryset: QuerySet[TrainedModel]) -> None:
        """Let the chosen model serve; going back to a former one is the same act."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choose exactly one model."), messages.ERROR)
            return
        try:
            operations.put_in_service(model=chosen[0], by=request.user)
        except operations.CannotServe as refused:
            operations.note_refusal(model=chosen[0], why=str(refused))
            self.message_user(
                request,
                _("%(model)s cannot serve: %(why)s") % {"model": chosen[0], "why": words.outcome(str(refused))},
                messages.ERROR,
            )
        else:
            self.message_user(request, _("%(model)s serves from now on.") % {"model": chosen[0]})


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
