from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "core.media"
    label = "media"
    verbose_name = _("Files")

    def ready(self) -> None:
        # The outbox learns here how files are deleted.
        from . import operations, privacy  # noqa: F401
