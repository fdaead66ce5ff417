"""What the rooms below call when they meet a group."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from payments.fulfilment import Description
from payments.models import Entitlement, Product
from payments.queries import included_keys
from surveys.destinations import Place

from . import operations, queries
from .models import Group
from .models.groups import SEAT

OBJECTIONS = {
    "in": gettext_lazy("You are in this group already, and need no seat."),
    "out": gettext_lazy("You cannot join this group unless somebody who keeps it invites you."),
}


def crowds() -> list[tuple[str, str]]:
    """The members of each group, as whom a survey may ask."""
    return [(one.key, one.name) for one in Group.objects.in_order()]


def places(viewer: Any, ids: Iterable[int] | None) -> list[Place]:
    """Groups that ``viewer`` may know of, to which an answer of a survey may lead: those of ``ids``, or all."""
    found = queries.groups_for(viewer).in_order()
    return [_place(one, one.key) for one in (found if ids is None else found.filter(pk__in=list(ids)))]


def seats(viewer: Any, ids: Iterable[int] | None) -> list[Place]:
    """The groups in which seats are, by the keys of these; no answer of a survey leads to a seat."""
    return [_place(one, one.seat_key) for one in queries.groups_for(viewer).filter(pk__in=list(ids or []))]


def _place(group: Group, reference: str) -> Place:
    return Place(
        reference=reference, title=group.name, url=group.get_absolute_url(), language=get_language() or "",
        kind=pgettext("in a survey", "Group"),
    )  # fmt: skip


def granted(entitlement: Entitlement) -> None:
    """Payments gave somebody a seat: they sit on it from now on."""
    group = Group.objects.filter(seat_key=entitlement.key).first()
    if group is not None:
        operations.take_seat(group=group, user=entitlement.user)


def refuses(user: Any, subject: str) -> str:
    """Why a seat would be of no use to ``user``: they are in the group without one, or outside for good."""
    standing = queries.standing_for_seat(user=user, seat_key=subject)
    return str(OBJECTIONS[standing]) if standing else ""


def ended(entitlement: Entitlement) -> None:
    """Payments ended one reason for something: who sat by it alone, or by the membership that it was, is out."""
    keys = [entitlement.key, *included_keys(tier_key=entitlement.key)]
    operations.give_up_seats(user=entitlement.user, keys=[key for key in keys if key.startswith(SEAT)])


def dropped(product: Product) -> None:
    """A membership includes a seat no more: who sat by that alone is out."""
    operations.clear_seats(key=product.subject)


def describe(product: Product) -> Description:
    """A seat as checkout, order and receipt show it: the group in which it is."""
    group = Group.objects.filter(seat_key=product.subject).first()
    if group is None:
        return Description(title=product.title, url="")
    return Description(
        title=group.name,
        url=group.get_absolute_url(),
        begin=_("To the group"),
        begin_url=group.get_absolute_url(),
        note=_("a seat in the group"),
        language=get_language() or "",
    )
