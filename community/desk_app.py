"""The administration, as the project installs it."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AdminConfig):
    """Django's administration with our door and our front page."""

    default_site = "community.desk.FrontDesk"


class RolesConfig(AuthConfig):
    """Django's groups, named as the room in which an owner looks for them."""

    verbose_name = _("Members")
