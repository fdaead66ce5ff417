"""What can be bought."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from payments.enums import Currency
from payments.rules import Period, creator_share

from .tiers import Tier

BUNDLE = "bundle"
"""The kind of products that consist of others."""


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> Self:
        """Keep what can be bought now."""
        return self.filter(withdrawn_at__isnull=True)


class Product(models.Model):
    """
    A price for the key to something that a room above owns, named by ``subject`` as in ``course:42``.

    ``kind`` says which room fulfils it; ``share_percent`` of what is paid is the creator's, before the provider's fee.
    A plan of a tier (``tier:reader:year``) has a ``period``, and opens the tier.
    """

    kind = models.SlugField(_("kind"), max_length=32)
    subject = models.CharField(_("what it opens"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language of the title"), max_length=10, blank=True, default="")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("creator"), related_name="products"
    )
    price_minor = models.BigIntegerField(_("price in the smallest unit"))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    share_percent = models.PositiveSmallIntegerField(
        _("creator's share in percent"), default=80, validators=[MaxValueValidator(100)]
    )
    refund_days = models.PositiveSmallIntegerField(_("days in which the money can be asked back"), default=14)
    refund_max_progress = models.PositiveSmallIntegerField(
        _("largest progress with which the money can be asked back, in percent"),
        default=30,
        validators=[MaxValueValidator(100)],
    )
    tier = models.ForeignKey(
        Tier, models.PROTECT, verbose_name=_("membership tier"), related_name="plans", null=True, blank=True
    )
    period = models.CharField(_("period"), max_length=8, choices=Period, blank=True, default="")
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=models.Q(price_minor__gte=0), name="no_price_below_zero"),
            models.CheckConstraint(
                condition=models.Q(share_percent__lte=100, refund_max_progress__lte=100), name="percents_are_percents"
            ),
            models.CheckConstraint(
                condition=models.Q(tier__isnull=True, period="") | models.Q(tier__isnull=False) & ~models.Q(period=""),
                name="a_plan_has_a_period",
            ),
            models.UniqueConstraint(fields=["tier", "period"], name="one_plan_per_period"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where it is bought."""
        return reverse("payments:checkout", args=[self.pk])

    @property
    def key(self) -> str:
        """What it opens; all plans of a tier open the tier."""
        return self.subject.removesuffix(f":{self.period}") if self.period else self.subject

    @property
    def share_minor(self) -> int:
        """What its creator gets of it at the full price."""
        return creator_share(amount=self.price_minor, percent=self.share_percent)

    @property
    def is_bundle(self) -> bool:
        """Whether it is several products at one price."""
        return self.kind == BUNDLE

    @property
    def is_on_sale(self) -> bool:
        """Whether it can be bought now."""
        return self.withdrawn_at is None
