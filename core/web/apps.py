from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "core.web"
    label = "web"
    verbose_name = _("Web")

    def ready(self) -> None:
        # The outbox and the worker learn here what this room does for them.
        from . import mail, working  # noqa: F401
