"""The administration, as the project installs it."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's administration with our door and our front page."""

    default_site = "community.desk.FrontDesk"
