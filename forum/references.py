"""What the rooms below call when they meet a group."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, pgettext

from surveys.destinations import Place

from . import queries
from .models import Group


def crowds() -> list[tuple[str, str]]:
    """The members of each group, as whom a survey may ask."""
    return [(one.key, one.name) for one in Group.objects.in_order()]


def places(viewer: Any, ids: Iterable[int] | None) -> list[Place]:
    """Groups that ``viewer`` may know of, to which an answer of a survey may lead: those of ``ids``, or all."""
    found = queries.groups_for(viewer).in_order()
    return [
        Place(
            reference=one.key, title=one.name, url=one.get_absolute_url(), language=get_language() or "",
            kind=pgettext("in a survey", "Group"),
        )
        for one in (found if ids is None else found.filter(pk__in=list(ids)))
    ]  # fmt: skip
