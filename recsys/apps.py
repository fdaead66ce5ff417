from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecsysConfig(AppConfig):
    name = "recsys"
    label = "recsys"
    verbose_name = _("Recommendations")

    def ready(self) -> None:
        from . import handlers, kinds, privacy  # noqa: F401

        kinds.register("course", kinds.courses)
        kinds.register("thread", kinds.threads)
        kinds.register("lesson", kinds.lessons)
