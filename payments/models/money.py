"""Attempts to pay, what was given back, and what providers said."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ui.formats import money
from payments import rules
from payments.enums import Currency, Outcome, RefundCause
from payments.rules import PaymentState, RefundState

from .orders import Order, OrderLine


class Payment(models.Model):
    """
    One attempt to pay one order at one provider; a message about money is believed only where it matches this row.

    The idempotency key stands here before the provider is called. ``captured_*`` is what the provider says it took;
    ``counted_at`` is empty where that is not the order's money and goes back; ``ask_at`` is when to ask the provider again.
    ``is_recurring`` where the buyer lets the provider renew it; ``subscription`` is what it began, or renewed.
    """

    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=pgettext_lazy("purchase", "order"), related_name="payments"
    )
    provider = models.SlugField(_("provider"), max_length=20)
    account = models.CharField(_("account at the provider"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=PaymentState, default=PaymentState.STARTED)
    amount_minor = models.BigIntegerField(_("amount in the smallest unit"))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    idempotency_key = models.UUIDField(_("idempotency key"), unique=True, default=uuid.uuid4, editable=False)
    provider_id = models.CharField(_("number at the provider"), max_length=128, null=True, blank=True)  # noqa: DJ001
    checkout_url = models.TextField(_("checkout"), blank=True, default="")
    qr = models.TextField(_("code to scan"), blank=True, default="")
    is_phone = models.BooleanField(_("on a phone"), default=False)
    is_recurring = models.BooleanField(_("renews by itself"), default=False)
    subscription = models.ForeignKey(
        "payments.Subscription",
        models.PROTECT,
        verbose_name=_("subscription"),
        related_name="payments",
        null=True,
        blank=True,
    )
    captured_minor = models.BigIntegerField(_("taken in the smallest unit"), default=0)
    captured_currency = models.CharField(_("taken in"), max_length=3, blank=True, default="")
    refunded_minor = models.BigIntegerField(_("given back in the smallest unit"), default=0)
    fee_minor = models.BigIntegerField(_("provider's fee in the smallest unit"), default=0)
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    counted_at = models.DateTimeField(_("counted as the order's money at"), null=True, blank=True)
    asked = models.PositiveSmallIntegerField(_("times asked"), default=0)
    asked_at = models.DateTimeField(_("last asked at"), null=True, blank=True)
    ask_at = models.DateTimeField(_("ask again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="one_payment_per_number_at_a_provider"),
            models.UniqueConstraint(
                fields=["order"], name="one_attempt_at_a_time", condition=Q(state__in=sorted(rules.ALIVE))
            ),
            models.UniqueConstraint(
                fields=["order"], name="an_order_is_paid_once", condition=Q(counted_at__isnull=False)
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="no_payment_of_nothing"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")),
                name="no_more_back_than_was_taken",
            ),
        ]
        indexes = [models.Index(fields=["ask_at"], name="payments_to_ask_about", condition=Q(ask_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.provider} {self.provider_id or self.idempotency_key}"


class Refund(models.Model):
    """Money on its way back; decided and booked when the row is written, sent afterwards through the outbox."""

    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="refunds")
    amount_minor = models.BigIntegerField(_("amount in the smallest unit"))
    currency = models.CharField(_("currency"), max_length=3)
    cause = models.CharField(_("cause"), max_length=10, choices=RefundCause)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=RefundState, default=RefundState.DUE)
    idempotency_key = models.UUIDField(_("idempotency key"), unique=True, default=uuid.uuid4, editable=False)
    provider_id = models.CharField(_("number at the provider"), max_length=128, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(_("decided at"), db_default=Now())
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="no_refund_of_nothing")]

    def __str__(self) -> str:
        return money(amount=self.amount_minor, currency=self.currency, decimals=True)


class RefundPart(models.Model):
    """How much of a refund belongs to which line: what the creator's share is taken back from."""

    refund = models.ForeignKey(Refund, models.PROTECT, verbose_name=_("refund"), related_name="parts")
    line = models.ForeignKey(OrderLine, models.PROTECT, verbose_name=_("order line"), related_name="refund_parts")
    amount_minor = models.BigIntegerField(_("amount in the smallest unit"))

    class Meta:
        verbose_name = _("part of a refund")
        verbose_name_plural = _("parts of a refund")
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="one_part_per_line"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="no_part_of_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount_minor}"


class WebhookEvent(models.Model):
    """A provider's message, kept as it came; only messages with a valid signature get here."""

    provider = models.SlugField(_("provider"), max_length=20)
    account = models.CharField(_("account at the provider"), max_length=64)
    event_id = models.CharField(_("number at the provider"), max_length=128)
    kind = models.CharField(_("kind"), max_length=64)
    body = models.BinaryField(_("as it came"))
    received_at = models.DateTimeField(_("received at"), db_default=Now())
    worked_at = models.DateTimeField(_("worked off at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True, default="")

    class Meta:
        verbose_name = _("provider's message")
        verbose_name_plural = _("providers' messages")
        constraints = [
            models.UniqueConstraint(fields=["provider", "account", "event_id"], name="a_message_is_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"
