"""Who may open what, and why."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.enums import Cause, EndCause

from .orders import OrderLine
from .products import Product


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    def live(self, *, at: datetime | Now | None = None) -> Self:
        """Keep those that open something at this moment."""
        now = at or timezone.now()
        return self.not_over(at=now).filter(starts_at__lte=now)

    def not_over(self, *, at: datetime | Now | None = None) -> Self:
        """Keep those that open something at this moment or will do so later."""
        now = at or timezone.now()
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), ended_at__isnull=True)


class Entitlement(models.Model):
    """
    The right of one person to one key (``course:42``), with its cause; all paid access derives from these rows alone.

    A membership ``runs_until`` and stays open for some days of grace, to ``ends_at``. ``due_at`` is when the sweep has
    something to do: remind its holder, or end it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("member"), related_name="entitlements"
    )
    key = models.CharField(_("opens"), max_length=64)
    cause = models.SlugField(_("cause"), max_length=20)
    product = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("product"), related_name="entitlements", null=True, blank=True
    )
    line = models.ForeignKey(
        OrderLine, models.PROTECT, verbose_name=_("order line"), related_name="entitlements", null=True, blank=True
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("given by"), related_name="+", null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    granted_at = models.DateTimeField(_("granted at"), db_default=Now())
    starts_at = models.DateTimeField(_("from"))
    runs_until = models.DateTimeField(_("paid until"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    due_at = models.DateTimeField(_("looked at again at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_cause = models.CharField(_("why it ended"), max_length=10, choices=EndCause, blank=True, default="")

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        constraints = [
            models.UniqueConstraint(fields=["line", "key"], name="a_line_opens_a_key_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_cause="") | (Q(ended_at__isnull=False) & ~Q(end_cause="")),
                name="an_end_has_a_cause",
            ),
            models.UniqueConstraint(fields=["user"], name="one_trial_per_person", condition=Q(cause=Cause.TRIAL)),
            models.CheckConstraint(
                condition=Q(runs_until__isnull=True) | Q(ends_at__gte=F("runs_until")), name="grace_comes_after"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "key"], name="keys_of_a_member", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["due_at"], name="entitlements_due", condition=Q(ended_at__isnull=True, due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"
