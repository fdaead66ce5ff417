"""Where a provider's books and ours differ."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from payments.enums import Difference

from .money import Payment


class Discrepancy(models.Model):
    """
    One thing that the provider's list of a day and our books disagree about; it stays open until it is settled.

    ``number`` is what the provider calls the payment, or our own key of it.
    """

    provider = models.SlugField(_("provider"), max_length=20)
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=Difference)
    number = models.CharField(_("number at the provider"), max_length=128)
    payment = models.ForeignKey(
        Payment, models.PROTECT, verbose_name=_("payment"), related_name="discrepancies", null=True, blank=True
    )
    ours_minor = models.BigIntegerField(_("in our books, in the smallest unit"))
    theirs_minor = models.BigIntegerField(_("at the provider, in the smallest unit"))
    currency = models.CharField(_("currency"), max_length=3)
    raised_at = models.DateTimeField(_("raised at"), db_default=Now())
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        constraints = [
            models.UniqueConstraint(fields=["provider", "day", "kind", "number"], name="a_discrepancy_is_raised_once")
        ]
        indexes = [models.Index(fields=["day"], name="open_discrepancies", condition=models.Q(settled_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.number}"
