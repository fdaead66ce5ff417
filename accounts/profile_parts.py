"""The parts of a profile; each is visible to whom its owner chose, and rooms above add theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

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


_parts: dict[str, ProfilePart] = {}


def register(key: str, *, label: Label, order: int = 100, template: str = "", context: Context | None = None) -> None:
    """
    Add a part to every profile; ``context(owner, viewer)`` gives what ``template`` shows.

    It is asked only when the viewer may see the part, and must itself leave out what this viewer holds no key to.
    """
    _parts[key] = ProfilePart(key=key, label=label, order=order, template=template, context=context)


def parts() -> list[ProfilePart]:
    """Every part, in the order in which a profile shows them."""
    return sorted(_parts.values(), key=lambda part: part.order)


register("bio", label=_("About me"), order=10)
register("circle", label=_("Whom I follow and who follows me"), order=30)
