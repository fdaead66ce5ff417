"""Why somebody may see something, for every page that shows what was paid for."""

from typing import Any

from django import template

from payments import queries

register = template.Library()


@register.inclusion_tag("payments/why.html", takes_context=True)
def why(context: dict[str, Any], *, key: str) -> dict[str, Any]:
    """Show the entitlements by which the viewer opens ``key``; nothing where there is none."""
    return {"reasons": queries.why(context["request"].user, key)}
