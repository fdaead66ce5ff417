"""The keys that entitlements put into a viewer's hand."""

from collections.abc import Iterable
from typing import Any

from core import audience

from .models import Entitlement


@audience.grants
def entitled(viewer: Any) -> Iterable[str]:
    """The keys of the viewer's live entitlements; nothing else that is paid for opens anything."""
    return Entitlement.objects.live().filter(user_id=viewer.pk).values_list("key", flat=True)
