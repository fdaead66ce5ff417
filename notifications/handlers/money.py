"""What is told of money and memberships."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation

from core.events import Code
from core.ui.formats import calendar_day, money
from notifications.models import Kind
from notifications.operations import Notice
from notifications.shapes import bought
from payments.enums import Cause
from payments.events import (
    GiftClaimed,
    InvoiceIssued,
    MembershipRunsOut,
    OrderPaid,
    OrderRefunded,
    PaymentDeclined,
    PayoutMoved,
    RenewalFailed,
)
from payments.models import Entitlement, Order, Payout
from payments.printing import RECEIPT
from payments.queries import subscription_page, tiers_behind
from payments.rules import PayoutState

from .found import Found
from .telling import absolute, tells

TOLD_OF_PAYOUTS: frozenset[str] = frozenset(
    {PayoutState.APPROVED, PayoutState.HELD, PayoutState.PAID, PayoutState.RETURNED, PayoutState.CANCELLED}
)
"""What the school does with a payout. Cancelling is open to its creator too, who knows it then."""


@tells(OrderPaid)
def send_the_receipt(fact: OrderPaid, found: Found) -> Notice:
    order = found.orders[fact.order_id]
    letter = "renewed" if order.is_renewal else "given" if order.is_gift else "paid"
    return _of_order(order, kind=Kind.PAID, letter=letter, encloses=f"{RECEIPT}:{order.reference}", at=fact.happened_at)


@tells(RenewalFailed)
def tell_what_is_owed(fact: RenewalFailed, found: Found) -> Notice:
    owed = subscription_page(subscription_id=fact.subscription_id)
    with translation.override(owed.user.language):
        context = {
            "name": owed.title, "amount": money(amount=owed.amount, currency=owed.currency), "is_final": fact.is_final,
            "open_until": calendar_day(owed.open_until) if owed.open_until else "", "action_url": absolute(reverse("payments:membership")),
        }  # fmt: skip
    return Notice(
        user=owed.user, kind=Kind.OWED, subject_id=fact.subscription_id, key=f"owed:{fact.id}", letter="owed", context=context,
        at=fact.happened_at,
    )  # fmt: skip


@tells(OrderRefunded)
def tell_of_refund(fact: OrderRefunded, found: Found) -> Notice:
    order = found.orders[fact.order_id]
    return _of_order(order, kind=Kind.REFUNDED, once=fact.id, at=fact.happened_at, amount=fact.amount)


@tells(PaymentDeclined)
def tell_of_decline(fact: PaymentDeclined, found: Found) -> Notice | None:
    # Who has paid meanwhile, by another card or a second try, would look for a fault that is gone.
    if found.orders[fact.order_id].paid_at is not None:
        return None
    return _of_order(found.orders[fact.order_id], kind=Kind.DECLINED, once=fact.id, at=fact.happened_at)


@tells(InvoiceIssued)
def tell_of_invoice(fact: InvoiceIssued, found: Found) -> Notice:
    order = found.orders[fact.order_id]
    key = f"invoice:{order.pk}"
    return Notice(user=order.buyer, kind=Kind.INVOICE, subject_id=order.pk, key=key, at=fact.happened_at)


@tells(GiftClaimed)
def tell_the_giver(fact: GiftClaimed, found: Found) -> Notice:
    order = found.orders[fact.order_id]
    return Notice(
        user=order.buyer, kind=Kind.GIFT, subject_id=order.pk, key=f"gift:{fact.gift_id}", actor=found.users.get(fact.user_id),
        at=fact.happened_at,
    )  # fmt: skip


@tells(MembershipRunsOut)
def remind_to_renew(fact: MembershipRunsOut, found: Found) -> Notice | None:
    entitlement = Entitlement.objects.select_related("user").filter(pk=fact.entitlement_id).first()
    if entitlement is None or entitlement.ended_at is not None or entitlement.runs_until is None:
        return None
    user = entitlement.user
    with translation.override(user.language):
        tier = tiers_behind(entitlement_ids=[entitlement.pk], user=user).get(entitlement.pk)
        context = {
            "name": str(tier), "until": calendar_day(entitlement.runs_until), "open_until": calendar_day(entitlement.ends_at or entitlement.runs_until),
            "days": fact.days, "is_trial": entitlement.cause == Cause.TRIAL, "action_url": absolute(reverse("payments:membership")),
        }  # fmt: skip
    return Notice(
        user=user, kind=Kind.RENEWAL, subject_id=entitlement.pk, key=f"renewal:{entitlement.pk}:{fact.days}", letter="renewal",
        context=context, at=fact.happened_at,
    )  # fmt: skip


@tells(PayoutMoved)
def tell_the_creator(fact: PayoutMoved, found: Found) -> Notice | None:
    if fact.state not in TOLD_OF_PAYOUTS or fact.actor_id == fact.creator_id:
        return None
    payout = Payout.objects.select_related("creator").get(pk=fact.payout_id)
    if fact.state == Code(PayoutState.HELD) and not _is_still_held_for_its_reason(payout):
        return None
    with translation.override(payout.creator.language):
        amount = money(amount=payout.amount_minor, currency=payout.currency)
    context = {
        "amount": amount, "state": fact.state, "hint": payout.hint, "number": payout.number, "reason": payout.reason,
        "action_url": absolute(reverse("payments:earnings")),
    }  # fmt: skip
    return Notice(
        user=payout.creator, kind=Kind.PAYOUT, subject_id=payout.pk, key=f"payout:{fact.id}:{fact.state}", letter="payout", context=context,
        at=fact.happened_at,
    )  # fmt: skip


def _is_still_held_for_its_reason(payout: Payout) -> bool:
    """
    Whether a letter about a hold would say the truth now.

    One that was lifted meanwhile would frighten for nothing, and its reason is gone from the row. Where the school has put the
    money back into the balance, the row holds the reason for that, which another letter tells; a creator who does it gives none.
    """
    if payout.state == PayoutState.HELD:
        return True
    return payout.moves.filter(after=PayoutState.CANCELLED, by_id=payout.creator_id).exists()


def _of_order(
    order: Order,
    *,
    kind: Kind,
    at: datetime,
    once: int = 0,
    letter: str = "",
    amount: int | None = None,
    encloses: str = "",
) -> Notice:
    # The worker speaks no language of its own, and "US$" and "$" are one amount in two.
    with translation.override(order.buyer.language):
        written = money(amount=order.total_minor if amount is None else amount, currency=order.currency)
        title = bought(order)
    context = {
        "reference": order.reference, "title": title, "amount": written, "action_url": absolute(order.get_absolute_url()),
    }  # fmt: skip
    return Notice(
        user=order.buyer, kind=kind, subject_id=order.pk, key=f"{kind}:{order.pk}:{once}", letter=letter or kind.value,
        context=context, encloses=encloses, at=at,
    )  # fmt: skip
