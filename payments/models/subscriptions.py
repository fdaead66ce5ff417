"""Memberships that renew by themselves at a provider."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.enums import Currency, Wish
from payments.rules import SubscriptionState

from .orders import Order
from .products import Product


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, viewer: object) -> Self:
        """Keep the viewer's own; staff look at subscriptions in the admin, where their rights are asked."""
        pk = getattr(viewer, "pk", None)
        return self.filter(user_id=pk) if pk else self.none()

    def living(self) -> Self:
        """Keep those that have not ended."""
        return self.exclude(state=SubscriptionState.ENDED)

    def going_on(self) -> Self:
        """Keep those that will be renewed, or tried to be."""
        return self.living().filter(cancelled_at__isnull=True)


class Subscription(models.Model):
    """
    A plan that a provider renews until its member stops it; each renewal is an order of its own, with its payment.

    ``order`` began it; money that came twice for one may have begun two, of which one is ended. ``amount_minor`` is what a renewal costs, frozen then. ``cancelled_at`` is when it was stopped; what
    is paid for stays open. ``wish`` is what the provider is still to be told, and counts for more than what it says until
    then; ``told_at`` is as of when we know how it stands there.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("member"), related_name="subscriptions"
    )
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"), related_name="subscriptions")
    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=pgettext_lazy("purchase", "order"), related_name="subscriptions"
    )
    provider = models.SlugField(_("provider"), max_length=20)
    account = models.CharField(_("account at the provider"), max_length=64)
    provider_id = models.CharField(_("number at the provider"), max_length=128)
    amount_minor = models.BigIntegerField(_("amount in the smallest unit"))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    state = models.CharField(_("state"), max_length=10, choices=SubscriptionState, default=SubscriptionState.ACTIVE)
    wish = models.CharField(_("to be told"), max_length=10, choices=Wish, blank=True, default=Wish.NONE)
    pay_url = models.TextField(_("where what is owed can be paid"), blank=True, default="")
    began_at = models.DateTimeField(_("began at"), db_default=Now())
    renews_at = models.DateTimeField(_("renewed next at"), null=True, blank=True)
    told_at = models.DateTimeField(_("known as of"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_id"], name="one_subscription_per_number_at_a_provider"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="no_subscription_to_nothing"),
            models.CheckConstraint(
                condition=Q(state=SubscriptionState.ENDED, ended_at__isnull=False)
                | (~Q(state=SubscriptionState.ENDED) & Q(ended_at__isnull=True)),
                name="what_has_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.provider_id

    def get_absolute_url(self) -> str:
        """Where its member sees how it stands, and stops it."""
        return reverse("payments:membership")
