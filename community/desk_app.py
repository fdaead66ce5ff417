"""The administration, as the project installs it."""

from django.apps import apps
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AdminConfig):
    """Django's administration with our door and our front page."""

    default_site = "community.desk.FrontDesk"

    def ready(self) -> None:
        """Name Django's groups as the room in which an owner looks for them."""
        super().ready()
        apps.get_app_config("auth").verbose_name = _("Members")
