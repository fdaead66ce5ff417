from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TopicsConfig(AppConfig):
    name = "topics"
    label = "topics"
    verbose_name = _("Topics")

    def ready(self) -> None:
        from . import recorded  # noqa: F401
