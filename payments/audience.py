"""The keys that entitlements put into a viewer's hand."""

from collections.abc import Iterable
from typing import Any

from core import audience

from .models import Entitlement, Inclusion


@audience.grants
def entitled(viewer: Any) -> Iterable[str]:
    """The keys of the viewer's live entitlements, and what a tier among them includes; nothing else that is paid for opens anything."""
    held = Entitlement.objects.live().filter(user_id=viewer.pk).order_by()
    included = Inclusion.objects.filter(tier__key__in=held.values("key"))
    return held.values_list("key", flat=True).union(included.values_list("product__subject", flat=True))
