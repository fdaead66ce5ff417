"""Two append-only tables: what was done, and the chain that shows that nobody has touched it since."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from . import acts


class AuditEntry(models.Model):
    """
    One act: who, what, on what, before and after, why, from where.

    People are ids here, never names: the log outlives the account of whoever acted. ``digest`` is the SHA-256 of all else.
    """

    happened_at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField(_("who"), null=True)
    act = models.CharField(_("act"), max_length=64)
    subject = models.CharField(_("on what"), max_length=100)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    reason = models.CharField(_("why"), max_length=1_000, blank=True, default="")
    address = models.CharField(_("from where"), max_length=45, blank=True, default="")
    request_id = models.CharField(_("request"), max_length=64, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_of_a_subject"),
            models.Index(fields=["actor_id", "id"], name="audit_of_an_actor"),
        ]

    def __str__(self) -> str:
        return f"{acts.in_words(self.act)} {self.subject}"


class AuditSeal(models.Model):
    """
    A link of the chain: ``hash`` is the SHA-256 of the hash before it and the entry's digest.

    Written by Postgres itself as the last thing before the commit of the act, so numbers have no gaps and follow the commits.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, verbose_name=_("audit entry"), related_name="seal")
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.number}: {self.hash}"
