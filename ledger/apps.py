from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        """Say what is stored about people here."""
        from . import privacy  # noqa: F401
