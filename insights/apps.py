from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "insights"
    label = "insights"
    verbose_name = _("Insights")

    def ready(self) -> None:
        from core.ui import navigation
        from core.web.doors import is_owner
        from topics import merging

        from . import handlers, privacy, tasks  # noqa: F401
        from .models import TopicSearch

        merging.moves(TopicSearch, unique_with=["user", "day"])
        navigation.register(
            "needs", label=_("Demand and supply"), url_name="insights:needs", places={navigation.Place.ME}, icon="chart",
            order=70, condition=is_owner,
        )  # fmt: skip
