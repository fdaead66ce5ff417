from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    label = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        """Say what is stored about people here, and what follows when two topics become one."""
        from core.ui import navigation
        from core.web.doors import is_owner
        from topics import merging

        from . import privacy, recorded  # noqa: F401
        from .models import Effect

        merging.moves(Effect, unique_with=["choice"])
        navigation.register(
            "surveys", label=_("Surveys"), url_name="surveys:list", places={navigation.Place.ME}, icon="list", order=71,
            condition=is_owner,
        )  # fmt: skip
