"""How this room describes what it sells itself."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import providers
from .fulfilment import Description
from .models import Product, Tier
from .rules import Period


def tier(product: Product) -> Description:
    """A plan of a tier as checkout, order and receipt show it."""
    name = product.tier.name if product.tier else product.title
    return Description(
        title=f"{name} · {Period(product.period).label}",
        url=reverse("payments:membership"),
        begin=_("See what is open to you now"),
        note=_note(product),
        language=get_language() or "",
    )


def _note(product: Product) -> str:
    if product.period == Period.LIFETIME:
        return _("for good, nothing to renew")
    can_renew = any(provider.can_renew for provider in providers.available(currency=product.currency))
    return _("ends by itself, unless you let it renew") if can_renew else _("ends by itself, nothing to cancel")


def bundle(product: Product) -> Description:
    """A bundle as checkout shows it; its parts are the lines of the order."""
    return Description(
        title=product.title,
        url=reverse("payments:bundle", args=[product.subject.removeprefix("bundle:")]),
        language=product.language,
    )


def crowds() -> list[tuple[str, str]]:
    """The members of each tier, as whom a survey may ask."""
    return [(one.key, one.name) for one in Tier.objects.order_by("place", "pk")]
