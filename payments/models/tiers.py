"""Memberships that are sold by the month, quarter, year or for life, and what they open besides themselves."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Concat, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import in_language


class TierQuerySet(models.QuerySet["Tier"]):
    def offered(self) -> Self:
        """Keep those that one can join now, in the order in which they are shown."""
        return self.filter(closed_at__isnull=True).order_by("place", "pk")


class Tier(models.Model):
    """
    A membership; whoever holds its ``key`` holds the keys of all that is included in it.

    Its plans are products, one per period. ``gives_*`` are perks in the owner's words, one each, beside what is included.
    """

    slug = models.SlugField(_("short name in addresses"), max_length=40, unique=True)
    key = models.GeneratedField(
        expression=Concat(models.Value("tier:"), "slug"),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        unique=True,
    )
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=40)
    about_zh = models.CharField(_("for whom (Chinese)"), max_length=160, blank=True, default="")
    about_en = models.CharField(_("for whom (English)"), max_length=160, blank=True, default="")
    gives_zh = ArrayField(
        models.CharField(max_length=120), verbose_name=_("what it gives (Chinese)"), default=list, blank=True
    )
    gives_en = ArrayField(
        models.CharField(max_length=120), verbose_name=_("what it gives (English)"), default=list, blank=True
    )
    trial_days = models.PositiveSmallIntegerField(
        _("free days to try it"), default=0, validators=[MaxValueValidator(90)]
    )
    place = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    closed_at = models.DateTimeField(_("closed to new members at"), null=True, blank=True)

    objects = TierQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership tier")
        verbose_name_plural = _("membership tiers")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its place on the membership page."""
        return f"{reverse('payments:membership')}#{self.slug}"

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(zh=self.name_zh, en=self.name_en)

    @property
    def about(self) -> str:
        """For whom it is, in the reader's language."""
        return in_language(zh=self.about_zh, en=self.about_en)

    @property
    def gives(self) -> list[str]:
        """The perks in the reader's language."""
        return in_language(zh=self.gives_zh, en=self.gives_en)


class Inclusion(models.Model):
    """A product that the members of a tier have without buying it, for as long as they are members."""

    tier = models.ForeignKey(Tier, models.CASCADE, verbose_name=_("membership tier"), related_name="inclusions")
    product = models.ForeignKey(
        "payments.Product", models.CASCADE, verbose_name=_("product"), related_name="inclusions"
    )
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("included product")
        verbose_name_plural = _("included products")
        constraints = [models.UniqueConstraint(fields=["tier", "product"], name="a_tier_includes_a_product_once")]

    def __str__(self) -> str:
        return f"{self.tier_id}: {self.product_id}"
