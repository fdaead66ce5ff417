"""The record of what members agreed to."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.enums import Purpose

from .user import User


class Consent(models.Model):
    """One saying of yes or no; the newest row of a purpose counts. Postgres refuses to change or delete one."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents", verbose_name=_("member"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    is_given = models.BooleanField(_("given"))
    text_version = models.CharField(_("version of the text"), max_length=40)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["user", "purpose", "-id"], name="newest_consent")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_purpose_display()} {'✓' if self.is_given else '✕'}"
