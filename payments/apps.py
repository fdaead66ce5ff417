from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Hang this room's answers into the registries below it."""
        from accounts import settings_pages
        from surveys import destinations

        from . import audience, booked, fulfilment, printing, privacy, recorded, references, tasks, verification  # noqa: F401

        destinations.register_crowds(_("Members by membership"), references.crowds)
        fulfilment.register(
            "tier", called=_("Membership"), describe=references.tier,
            parting=_(
                "Points that you earned with lessons of the membership are taken back; what you have completed stays on record, and so does what you wrote."
            ),
        )  # fmt: skip
        fulfilment.register("bundle", called=_("Bundle"), describe=references.bundle)
        settings_pages.register("purchases", label=_("Purchases"), url_name="payments:orders", icon="receipt", order=60)
        _register_accounts()
        _register_places()


def _register_accounts() -> None:
    import ledger.rules

    from .operations.bookkeeping import KINDS, LIMITED

    for kind in KINDS:
        # What goes back may exceed what a creator still has; payouts ask for the balance themselves.
        ledger.rules.register_kind(kind, is_limited=False)
    for kind in LIMITED:
        ledger.rules.register_kind(kind, is_limited=True)


def _register_places() -> None:
    from core.ui import navigation
    from core.ui.navigation import Place

    mine = partial(navigation.register, places={Place.ME}, condition=navigation.members_only)
    taught = partial(navigation.register, places={Place.STUDIO})
    navigation.register(
        "membership", label=_("Membership"), url_name="payments:membership", places={Place.FOOTER, Place.ME},
        icon="star", order=65,
    )  # fmt: skip
    mine("orders", label=_("Purchases"), url_name="payments:orders", icon="receipt", order=70)
    taught("earnings", label=_("Earnings"), url_name="payments:earnings", icon="coin", order=10)
    taught("coupons", label=_("Coupons"), url_name="payments:coupons", icon="tag", order=20)
