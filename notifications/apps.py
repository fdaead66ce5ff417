from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from accounts import settings_pages
        from core.ui import navigation
        from core.ui.navigation import Place

        from . import handlers, privacy, tasks  # noqa: F401

        navigation.register(
            "notifications",
            label=_("Inbox"),
            url_name="notifications:list",
            places={Place.THUMBS},
            icon="bell",
            order=40,
        )
        settings_pages.register("mails", label=_("Mails"), url_name="notifications:preferences", icon="mail", order=40)
