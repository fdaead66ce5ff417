from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("School")

    def ready(self) -> None:
        # Tasks sent from a web process find their broker through the app that is current, so it must exist there too.
        from . import celery  # noqa: F401
