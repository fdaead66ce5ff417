"""Why somebody may see something, and what entries of the books are called."""

from typing import Any

from django import template

from payments import queries, shapes

register = template.Library()


@register.inclusion_tag("payments/why.html", takes_context=True)
def why(context: dict[str, Any], *, key: str) -> dict[str, Any]:
    """Show the entitlements by which the viewer opens ``key``; nothing where there is none."""
    return {"reasons": queries.why(context["request"].user, key)}


@register.filter
def booked(kind: str) -> str:
    """What an entry of a creator's account is called."""
    return str(shapes.BOOKED.get(kind, kind))
