"""The parts of a profile; each is visible to whom its owner chose, and rooms above add theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .enums import Visibility

Label = Any
"""A translated text, lazy or not."""
Context = Callable[[Any, Any], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ProfilePart:
    """One part: its name in the settings, and for a room above the template and context that show it."""

    key: str
    label: Label
    order: int
    template: str = ""
    context: Context | None = None
    at_first: str = Visibility.MEMBERS
    """Who sees it until its owner has chosen."""


_parts: dict[str, ProfilePart] = {}


def register(
    key: str,
    *,
    label: Label,
    order: int = 100,
    template: str = "",
    context: Context | None = None,
    at_first: str = Visibility.MEMBERS,
) -> None:
    """
    Add a part to every profile; ``context(owner, viewer)`` gives what ``template`` shows, or nothing to leave it out.

    It is asked only when the viewer may see the part, and must itself leave out what this viewer holds no key to.
    """
    _parts[key] = ProfilePart(key=key, label=label, order=order, template=template, context=context, at_first=at_first)


def parts() -> list[ProfilePart]:
    """Every part, in the order in which a profile shows them."""
    return sorted(_parts.values(), key=lambda part: part.order)


register("bio", label=_("About me"), order=10)
register("circle", label=_("Whom I follow and who follows me"), order=30)
