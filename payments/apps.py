from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Hang this room's answers into the registries below it."""
        import ledger.rules
        from accounts import settings_pages
        from core.ui import navigation
        from surveys import destinations

        from . import audience, fulfilment, privacy, references, tasks, verification  # noqa: F401
        from .operations.bookkeeping import KINDS, LIMITED

        for kind in KINDS:
            # What goes back may exceed what a creator still has; payouts ask for the balance themselves.
            ledger.rules.register_kind(kind, is_limited=False)
        for kind in LIMITED:
            ledger.rules.register_kind(kind, is_limited=True)
        destinations.register_crowds(references.crowds)
        fulfilment.register("tier", describe=references.tier)
        fulfilment.register("bundle", describe=references.bundle)
        navigation.register(
            "membership",
            label=_("Membership"),
            url_name="payments:membership",
            places={navigation.Place.FOOTER, navigation.Place.ME},
            icon="star",
            order=65,
        )
        navigation.register(
            "orders",
            label=_("Purchases"),
            url_name="payments:orders",
            places={navigation.Place.ME},
            icon="receipt",
            order=70,
            condition=navigation.members_only,
        )
        navigation.register(
            "earnings",
            label=_("Earnings"),
            url_name="payments:earnings",
            places={navigation.Place.STUDIO},
            icon="coin",
            order=10,
        )
        navigation.register(
            "coupons",
            label=_("Coupons"),
            url_name="payments:coupons",
            places={navigation.Place.STUDIO},
            icon="tag",
            order=20,
        )
        settings_pages.register("purchases", label=_("Purchases"), url_name="payments:orders", icon="receipt", order=60)
