"""Why somebody may see something, and what entries of the books are called."""

from collections.abc import Iterable
from typing import Any

from django import template

from core.audience.keys import MEMBERS, PUBLIC
from payments import queries, shapes
from payments.models import OrderLine, Product

register = template.Library()


@register.inclusion_tag("payments/why.html", takes_context=True)
def why(context: dict[str, Any], *, key: str) -> dict[str, Any]:
    """Show the entitlements by which the viewer opens ``key``; nothing where there is none."""
    return {"reasons": queries.why(context["request"].user, key), "itself": key}


@register.inclusion_tag("payments/why.html", takes_context=True)
def why_among(context: dict[str, Any], *, keys: Iterable[str]) -> dict[str, Any]:
    """Show the entitlements by which the viewer opens what any of ``keys`` opens; nothing where members and guests see it anyway."""
    paid = () if {PUBLIC, MEMBERS} & set(keys) else keys
    return {"reasons": queries.why(context["request"].user, *paid)}


@register.filter
def have_one_policy(all_terms: Iterable[Product | OrderLine]) -> bool:
    """Whether all of them can be given back on the same terms."""
    return len({(one.refund_days, one.refund_max_progress) for one in all_terms}) == 1


@register.filter
def booked(kind: str) -> str:
    """What an entry of a creator's account is called."""
    return str(shapes.BOOKED.get(kind, kind))
