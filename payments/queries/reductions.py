"""Every public reduction, for everybody to read."""

from django.db.models import Q
from django.utils import timezone

from payments.models import PriceRule


def reductions_in_force() -> list[PriceRule]:
    """The price rules that hold now, those first that end first; what is not on sale any more is left out."""
    holding = PriceRule.objects.in_force(at=timezone.now())
    sold = holding.filter(Q(product__isnull=True) | Q(product__withdrawn_at__isnull=True))
    return list(sold.select_related("product", "tier", "organization").order_by("ends_at", "pk"))
