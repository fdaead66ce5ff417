"""Seats in groups, for sale."""

from django.db import transaction

from accounts.models import User
from forum.models import Group
from payments.models import Product
from payments.operations import set_price, withdraw

KIND = "seat"
"""What is sold, for payments."""


@transaction.atomic
def offer_seats(*, group: Group, price: int | None, currency: str, by: User) -> Product | None:
    """
    Sell seats in ``group`` for ``price`` in the smallest unit; without a price, or where it is joined in another way, sell none.

    What comes in is the school's. Who has a seat keeps it.
    """
    if group.entry != Group.Entry.PAID or not price:
        withdraw(subject=group.seat_key, by=by)
        return None
    names = dict.fromkeys((group.name_zh, group.name_en))
    return set_price(
        kind=KIND, subject=group.seat_key, title=" · ".join(names), amount=price, currency=currency, creator=by, by=by,
        share_percent=0, refund_max_progress=100,
    )  # fmt: skip
