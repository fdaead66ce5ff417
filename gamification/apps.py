from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GamificationConfig(AppConfig):
    name = "gamification"
    label = "gamification"
    verbose_name = _("Recognition")

    def ready(self) -> None:
        from accounts import profile_parts
        from core.ui import navigation
        from core.ui.navigation import Place
        from ledger.rules import register_kind
        from payments import fulfilment

        from . import booked, handlers, privacy, shapes, verification  # noqa: F401

        register_kind("points", is_limited=True)
        register_kind("points_issued", is_limited=False)
        fulfilment.when_ended(handlers.take_back_with_the_money)
        profile_parts.register(
            "badges", label=_("Badges"), order=16, template="gamification/badges.html", context=shapes.badges_part
        )
        navigation.register(
            "points", label=_("My points"), url_name="gamification:points", places={Place.ME}, icon="coin", order=30,
            condition=navigation.members_only,
        )  # fmt: skip
        navigation.register(
            "board", label=_("Leaderboard"), url_name="gamification:board", places={Place.TOP, Place.FOOTER}, icon="trophy", order=40,
            condition=navigation.members_only,
        )  # fmt: skip
