"""Showing what was found."""

from django import template

from core.search.kinds import known

register = template.Library()


@register.filter
def kind_label(kind: str) -> str:
    """What things of ``kind`` are called, in the language of the page."""
    return str(known[kind].label) if kind in known else kind
