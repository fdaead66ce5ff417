"""Bundles, and purchases that are meant for somebody else."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .orders import Order
from .products import Product


def new_token() -> str:
    """The secret part of a claim link: 128 random bits."""
    return secrets.token_urlsafe(16)


class BundlePart(models.Model):
    """A product that is sold together with others, at the price of the bundle, which is a product too."""

    bundle = models.ForeignKey(Product, models.CASCADE, verbose_name=_("bundle"), related_name="parts")
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"), related_name="bundled_in")
    place = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        verbose_name = _("part of a bundle")
        verbose_name_plural = _("parts of a bundle")
        constraints = [models.UniqueConstraint(fields=["bundle", "product"], name="a_bundle_holds_a_product_once")]

    def __str__(self) -> str:
        return f"{self.bundle_id}: {self.product_id}"


class Gift(models.Model):
    """
    An order whose things go to whoever opens its link first.

    ``expires_at`` is set when it is paid; what nobody has claimed by then is given back to the giver.
    """

    order = models.OneToOneField(
        Order, models.PROTECT, verbose_name=pgettext_lazy("purchase", "order"), related_name="gift"
    )
    token = models.CharField(_("secret of the link"), max_length=32, unique=True, default=new_token, editable=False)
    recipient = models.CharField(pgettext_lazy("gift", "for whom"), max_length=60, blank=True, default="")
    message = models.TextField(_("message"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    expires_at = models.DateTimeField(_("can be claimed until"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("claimed by"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, claimed_by__isnull=True)
                | Q(claimed_at__isnull=False, claimed_by__isnull=False),
                name="a_claim_has_a_claimer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="gifts_that_wait",
                condition=Q(claimed_at__isnull=True, expires_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}"

    def get_absolute_url(self) -> str:
        """The claim link."""
        return reverse("payments:gift", args=[self.token])
