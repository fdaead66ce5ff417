"""What somebody set out to buy, at the prices of that moment, and everything that became of it."""

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments import rules
from payments.enums import Currency, ReductionKind
from payments.rules import OrderState

from .products import Product

RENEWAL = "renewal:"
"""How the baskets of orders begin that nobody placed; the number at the provider follows."""
GIFT = "gift:"
"""How those begin that are for somebody else; the products follow."""


def new_reference() -> str:
    """A name for an order that says nothing about how many there are: 60 random bits in three groups."""
    return rules.in_groups(secrets.choice(rules.UNMISTAKABLE) for _ in range(rules.CODE_LETTERS))


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, viewer: object) -> Self:
        """Keep the viewer's own; staff look at orders in the admin, where their rights are asked."""
        pk = getattr(viewer, "pk", None)
        return self.filter(buyer_id=pk) if pk else self.none()

    def newest_first(self) -> Self:
        """Put the latest order on top."""
        return self.order_by("-pk")


class Order(models.Model):
    """
    What a buyer set out to buy; its sums are frozen, its ``state`` is moved by ``operations.moving`` alone.

    ``basket`` names the products, so that a second click, or a second tab, finds the order that the first one placed.
    """

    reference = models.CharField(_("order number"), max_length=14, unique=True, default=new_reference)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("buyer"), related_name="orders")
    basket = models.CharField(_("basket"), max_length=200)
    bundle = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("bundle"), related_name="+", null=True, blank=True
    )
    state = models.CharField(_("state"), max_length=10, choices=OrderState, default=OrderState.PLACED)
    total_minor = models.BigIntegerField(_("total in the smallest unit"))
    refunded_minor = models.BigIntegerField(_("given back in the smallest unit"), default=0)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    placed_at = models.DateTimeField(_("placed at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    receipt_number = models.CharField(_("receipt"), max_length=16, unique=True, null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("purchase", "order")
        verbose_name_plural = pgettext_lazy("purchase", "orders")
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "basket"], name="one_waiting_order_per_basket", condition=Q(state=OrderState.PLACED)
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="no_total_below_zero"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("total_minor")), name="no_order_refunds_more"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="orders_that_wait", condition=Q(state=OrderState.PLACED)),
            models.Index(fields=["buyer", "-id"], name="orders_of_a_buyer"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """The order's own page."""
        return reverse("payments:order", args=[self.reference])

    @property
    def is_renewal(self) -> bool:
        """Whether a provider took it by itself, for one more period of a membership."""
        return self.basket.startswith(RENEWAL)

    @property
    def is_gift(self) -> bool:
        """Whether it is for somebody else, who gets a link to it."""
        return self.basket.startswith(GIFT)


class OrderLine(models.Model):
    """One product of an order, with everything that was true of it when the order was placed."""

    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=pgettext_lazy("purchase", "order"), related_name="lines"
    )
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"), related_name="lines")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("creator"), related_name="+")
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language of the title"), max_length=10, blank=True, default="")
    price_minor = models.BigIntegerField(_("price in the smallest unit"))
    discount_minor = models.BigIntegerField(_("reduction in the smallest unit"), default=0)
    amount_minor = models.BigIntegerField(_("to pay in the smallest unit"))
    refunded_minor = models.BigIntegerField(_("given back in the smallest unit"), default=0)
    share_percent = models.PositiveSmallIntegerField(_("creator's share in percent"))
    refund_days = models.PositiveSmallIntegerField(_("days in which the money can be asked back"))
    refund_max_progress = models.PositiveSmallIntegerField(
        _("largest progress with which the money can be asked back, in percent")
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="one_line_per_product"),
            models.CheckConstraint(
                condition=Q(amount_minor=F("price_minor") - F("discount_minor"), amount_minor__gte=0)
                & Q(discount_minor__gte=0),
                name="a_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")), name="no_line_refunds_more"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kept_minor(self) -> int:
        """What has not been given back."""
        return self.amount_minor - self.refunded_minor

    @property
    def is_given_back(self) -> bool:
        """Whether all that was paid for it went back; what cost nothing never does."""
        return self.amount_minor > 0 and not self.kept_minor


class Reduction(models.Model):
    """One reason why a line costs less than its price, as it was told to the buyer; frozen like the line itself."""

    line = models.ForeignKey(OrderLine, models.PROTECT, verbose_name=_("order line"), related_name="reductions")
    kind = models.CharField(_("kind"), max_length=8, choices=ReductionKind)
    label = models.CharField(_("as it was told"), max_length=200)
    amount_minor = models.BigIntegerField(_("amount in the smallest unit"))
    rule = models.ForeignKey(
        "payments.PriceRule", models.PROTECT, verbose_name=_("price rule"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("reduction")
        verbose_name_plural = _("reductions")
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="no_reduction_of_nothing")]

    def __str__(self) -> str:
        return f"{self.label}: {self.amount_minor}"


class OrderHistory(models.Model):
    """One move of an order, or of a payment of it; the database refuses to change or delete it."""

    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=pgettext_lazy("purchase", "order"), related_name="history"
    )
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, verbose_name=_("payment"), related_name="history", null=True, blank=True
    )
    before = models.CharField(_("from"), max_length=10)
    after = models.CharField(_("to"), max_length=10)
    cause = models.CharField(_("cause"), max_length=32)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+", null=True, blank=True
    )
    happened_at = models.DateTimeField(_("happened at"), db_default=Now())

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("history")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class ReceiptCounter(models.Model):
    """The last receipt number of a year; its row lock makes the numbers gapless."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("receipt counter")
        verbose_name_plural = _("receipt counters")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
