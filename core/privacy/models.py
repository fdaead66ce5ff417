"""Requests, and the list that is applied again after a restore."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ExportRequest(models.Model):
    """Somebody asked for a copy of what is stored about them; the file is kept for a day, outside of what is served."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("member"), related_name="+")
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    discarded_at = models.DateTimeField(_("discarded at"), null=True, blank=True)
    file_name = models.CharField(_("file"), max_length=80, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("export request")
        verbose_name_plural = _("export requests")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(made_at=None), name="one_export_in_the_making")
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ErasureRequest(models.Model):
    """Somebody wants to be forgotten; until ``due_at`` they may think better of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("member"), related_name="+")
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    due_at = models.DateTimeField(_("due at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("erasure request")
        verbose_name_plural = _("erasure requests")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(withdrawn_at=None, done_at=None), name="one_open_erasure_per_member"
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Tombstone(models.Model):
    """Somebody was erased. Kept as a bare number, so that a restored backup can be made to forget them again."""

    erased_id = models.BigIntegerField(_("number of the member"), unique=True)
    erased_at = models.DateTimeField(_("erased at"), db_default=Now())

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")

    def __str__(self) -> str:
        return str(self.erased_id)
