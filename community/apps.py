from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("School")

    def ready(self) -> None:
        # Tasks sent from a web process find their broker through the app that is current, so it must exist there too.
        from core import media
        from core.ui import navigation
        from core.ui.navigation import Place
        from core.web import mail
        from payments import currencies

        from . import celery, recorded  # noqa: F401
        from .context import school_in_mails
        from .queries import school_currency
        from .rules import LOGO, LOGO_LIMITS

        mail.describes_school(school_in_mails)
        currencies.says_currency(school_currency)
        media.register(LOGO, limits=LOGO_LIMITS, is_public=True, outlives_owner=True)

        navigation.register(
            "home", label=_("Home"), url_name="home", places={Place.TOP, Place.THUMBS}, icon="home", order=10
        )
        navigation.register("me", label=_("Me"), url_name="me", places={Place.THUMBS}, icon="person", order=50)
        navigation.register(
            "desk", label=_("Desk"), url_name="admin:index", places={Place.ME}, icon="shield", order=70, condition=_runs_the_school
        )  # fmt: skip


def _runs_the_school(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_staff)
