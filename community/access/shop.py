"""What a demo world lacks of a shop's life: orders that wait, a bundle, a gift, memberships that renew themselves."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from payments.enums import Cause
from payments.models import Order, Payment, Product, Subscription, Tier
from payments.operations import GiftWish, ask_for_invoice, grant, place_order, set_bundle, set_plan, take_in
from payments.providers import Seen, Status
from payments.queries.tiers import has
from payments.rules import PaymentState, Period, SubscriptionState

BUNDLE = "two-at-once"
ACCOUNT = "table"
ATTEMPTS = {
    "transfer": {"provider": "transfer", "state": PaymentState.OPEN},
    "code": {"provider": "wechat", "state": PaymentState.OPEN, "qr": "weixin://wxpay/bizpayurl?pr=table"},
    "declined": {"provider": "sandbox", "state": PaymentState.DECLINED},
    "unknown": {"provider": "sandbox", "state": PaymentState.UNKNOWN},
}
"""How the last try of each waiting order stands."""


def open_the_shop(*, buyer: User, late: User, enrolled: User, paid: Order, owner: User) -> None:
    """Let ``buyer`` have orders in every state and a membership that renews itself, and ``late`` one that owes."""
    if Product.objects.filter(subject=f"bundle:{BUNDLE}").exists():
        return
    wanted = [one for one in _courses() if not has(user=buyer, product=one)]
    _bundle(wanted[:2], by=owner)
    baskets = [wanted[:1], wanted[1:2], wanted[2:3], wanted[:2]]
    for about, basket in zip(ATTEMPTS.values(), baskets, strict=True):
        _attempt(place_order(buyer=buyer, product_ids=[one.pk for one in basket]), **about)
    _gift(wanted[0], giver=buyer)
    plan = _plan(owner)
    _renew(buyer, plan, paid, by=owner)
    _renew(late, plan, paid, by=owner, state=SubscriptionState.LATE, pay_url=f"{settings.SITE_URL}/membership/")
    ask_for_invoice(order=paid, by=enrolled, kind="person", title="Ben Hartley")


def _courses() -> list[Product]:
    return list(Product.objects.on_sale().filter(kind="course", price_minor__gt=0).order_by("pk"))


def _bundle(products: list[Product], *, by: User) -> None:
    apart = sum(one.price_minor for one in products)
    set_bundle(
        slug=BUNDLE, title=" + ".join(one.title for one in products), products=products, amount=apart * 4 // 5, by=by
    )


def _attempt(order: Order, **about: str) -> Payment:
    # Nobody answers at these providers: what is said to have been asked tomorrow is not asked today.
    return Payment.objects.create(
        order=order, account=ACCOUNT, amount_minor=order.total_minor, currency=order.currency,
        provider_id=f"table_{uuid.uuid4().hex}", asked_at=timezone.now() + timedelta(days=1), **about,
    )  # fmt: skip


def _gift(product: Product, *, giver: User) -> None:
    wish = GiftWish(recipient="Cleo", message="For the long evenings. Begin with the second lesson.")
    order = place_order(buyer=giver, product_ids=[product.pk], gift=wish)
    payment = _attempt(order, provider="sandbox", state=PaymentState.OPEN)
    seen = Seen(
        account=ACCOUNT, provider_id=payment.provider_id or "", reference=order.reference, amount=order.total_minor,
        currency=order.currency, status=Status.PAID,
    )  # fmt: skip
    take_in(payment=payment, seen=seen, cause="table", is_asked=True)


def _plan(by: User) -> Product:
    """A membership that includes no course: whoever may not see one still may not."""
    tier = Tier.objects.create(
        slug="listener", name_zh="旁听", name_en="Listener", place=9, trial_days=0, about_zh="只想听大家聊。",
        about_en="For those who want to listen first.", gives_zh=["社区里的每一场讨论"], gives_en=["Every talk of the community"],
    )  # fmt: skip
    tier.refresh_from_db()
    return set_plan(tier=tier, period=Period.MONTH, amount=900, currency="CNY", by=by)


def _renew(user: User, plan: Product, order: Order, *, by: User, **about: str) -> None:
    grant(user=user, product=plan, cause=Cause.STAFF, by=by, reason="table of access")
    Subscription.objects.create(
        user=user, product=plan, order=order, provider="stripe", account=ACCOUNT, provider_id=f"sub_{uuid.uuid4().hex}",
        amount_minor=plan.price_minor, currency=plan.currency, renews_at=timezone.now() + timedelta(days=30), **about,
    )  # fmt: skip
