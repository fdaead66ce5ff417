"""What creators are paid, and where to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.ui.formats import money
from payments.enums import Currency, PayoutWay
from payments.rules import ON_THEIR_WAY, PayoutState


class Payee(models.Model):
    """
    Where a creator's money goes; ``sealed`` holds name and number, locked with a key that is not in the database.

    ``hint`` is the end of the number, so that its owner recognizes it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("creator"), related_name="payee"
    )
    way = models.CharField(_("way"), max_length=8, choices=PayoutWay)
    sealed = models.TextField(_("name and number, locked"))
    hint = models.CharField(_("end of the number"), max_length=8)
    changed_at = models.DateTimeField(_("changed at"), db_default=Now())

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")

    def __str__(self) -> str:
        return f"{self.get_way_display()} …{self.hint}"


class PayoutBatch(models.Model):
    """
    Payouts of one currency and way that leave the school together, by one file at the bank.

    A payout that is held meanwhile leaves it; ``dissolved_at`` says that nothing of it was transferred.
    """

    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    way = models.CharField(_("way"), max_length=8, choices=PayoutWay)
    made_at = models.DateTimeField(_("gathered at"), db_default=Now())
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("gathered by"), related_name="+"
    )
    number = models.CharField(_("number of the transfer"), max_length=64, blank=True, default="")
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("paid by"), related_name="+", null=True, blank=True
    )
    dissolved_at = models.DateTimeField(_("dissolved at"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch of payouts")
        verbose_name_plural = _("batches of payouts")
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True) | Q(dissolved_at__isnull=True), name="a_batch_ends_in_one_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.get_way_display()} · {self.currency}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its transfer."""
        return self.paid_at is None and self.dissolved_at is None


class Payout(models.Model):
    """
    Money on its way from the school to a creator; to where is frozen when it is asked for.

    It is taken from the creator's account of the ledger in the transaction that writes the row.
    """

    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("creator"), related_name="payouts"
    )
    amount_minor = models.BigIntegerField(_("amount in the smallest unit"))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    state = models.CharField(_("state"), max_length=10, choices=PayoutState, default=PayoutState.ASKED)
    way = models.CharField(_("way"), max_length=8, choices=PayoutWay)
    sealed = models.TextField(_("name and number, locked"), blank=True, default="")
    hint = models.CharField(_("end of the number"), max_length=8, blank=True, default="")
    reason = models.CharField(_("why it is held"), max_length=200, blank=True, default="")
    number = models.CharField(_("number of the transfer"), max_length=64, blank=True, default="")
    asked_at = models.DateTimeField(_("asked for at"), db_default=Now())
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("approved by"), related_name="+", null=True, blank=True
    )
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("paid by"), related_name="+", null=True, blank=True
    )
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    batch = models.ForeignKey(
        PayoutBatch, models.PROTECT, verbose_name=_("batch"), related_name="payouts", null=True, blank=True
    )

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(
                fields=["creator", "currency"],
                name="one_payout_on_its_way",
                condition=Q(state__in=sorted(ON_THEIR_WAY)),
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="no_payout_of_nothing"),
            models.CheckConstraint(
                condition=Q(state__in=[PayoutState.PAID, PayoutState.RETURNED], paid_at__isnull=False)
                | ~Q(state__in=[PayoutState.PAID, PayoutState.RETURNED]) & Q(paid_at__isnull=True),
                name="paid_out_has_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True)
                | Q(state__in=[PayoutState.APPROVED, PayoutState.PAID, PayoutState.RETURNED]),
                name="in_a_batch_is_what_was_approved",
            ),
        ]
        indexes = [models.Index(fields=["creator", "-id"], name="payouts_of_a_creator")]

    def __str__(self) -> str:
        amount = money(amount=self.amount_minor, currency=self.currency, decimals=True)
        return f"{amount} → {self.get_way_display()} …{self.hint}"

    def get_absolute_url(self) -> str:
        """Where its creator follows it."""
        return f"{reverse('payments:earnings')}#payout-{self.pk}"


class PayoutMove(models.Model):
    """One move of a payout; the database refuses to change or delete it."""

    payout = models.ForeignKey(Payout, models.PROTECT, verbose_name=_("payout"), related_name="moves")
    before = models.CharField(_("from"), max_length=10, blank=True, default="")
    after = models.CharField(_("to"), max_length=10, choices=PayoutState)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+", null=True, blank=True
    )
    happened_at = models.DateTimeField(_("happened at"), db_default=Now())

    class Meta:
        verbose_name = _("move of a payout")
        verbose_name_plural = _("moves of payouts")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
