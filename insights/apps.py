from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "insights"
    label = "insights"
    verbose_name = _("Insights")

    def ready(self) -> None:
        from core.ui import navigation
        from topics import merging

        from . import handlers, privacy, tasks  # noqa: F401
        from .models import TopicSearch

        merging.moves(TopicSearch, unique_with=["user", "day"])
        navigation.register(
            "needs", label=_("Demand and supply"), url_name="insights:needs", places={navigation.Place.ME}, icon="chart",
            order=70, condition=_is_owner,
        )  # fmt: skip


def _is_owner(request: HttpRequest) -> bool:
    return bool(getattr(getattr(request, "user", None), "is_superuser", False))
