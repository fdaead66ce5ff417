"""The keys that entitlements put into a viewer's hand."""

from typing import Any

from django.db.models import QuerySet

from core import audience

from .models import Entitlement, Inclusion


@audience.grants_by_rows
def entitled(viewer: int, now: Any) -> QuerySet[Any, Any]:
    """The keys of the viewer's live entitlements, and what a tier among them includes; nothing else that is paid for opens anything."""
    held = Entitlement.objects.live(at=now).filter(user_id=viewer).order_by()
    included = Inclusion.objects.filter(tier__key__in=held.values("key"))
    return held.values_list("key").union(included.values_list("product__subject"))
