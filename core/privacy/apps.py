from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "core.privacy"
    label = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        """Declare what is stored below the rooms, and let the outbox make exports."""
        from . import declarations, handlers  # noqa: F401

        declarations.declare()
