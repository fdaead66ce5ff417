"""The tables of the stream. Its hot paths are SQL in ``sequencing`` and ``operations``; these are for reading and admin."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import facts, listening


class _Fact(models.Model):
    """The columns of a fact, wherever it stands."""

    id = models.BigIntegerField(primary_key=True)
    name = models.TextField()
    version = models.SmallIntegerField(default=1)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    subject = models.TextField(default="")
    request_id = models.TextField(default="")
    payload = models.JSONField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class StoredFact(_Fact):
    """A row of the stream, with its place in it; the table is partitioned by month, so it is made by hand in the first migration."""

    position = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "events_fact"
        verbose_name = _("fact")
        verbose_name_plural = _("facts")


class WaitingFact(_Fact):
    """A fact that was published a moment ago and has no place in the stream yet."""

    class Meta:
        managed = False
        db_table = "events_intake"
        verbose_name = _("waiting fact")
        verbose_name_plural = _("waiting facts")


class Cursor(models.Model):
    """How far a listener has read."""

    listener = models.TextField(_("listener"), primary_key=True)
    position = models.BigIntegerField(_("position"), default=0)
    moved_at = models.DateTimeField(_("moved at"), auto_now=True)

    class Meta:
        verbose_name = _("cursor")
        verbose_name_plural = _("cursors")

    def __str__(self) -> str:
        return f"{self.listener} @ {self.position}"


class DeadLetter(models.Model):
    """A fact that a listener could not take; the stream went on without it."""

    listener = models.TextField(_("listener"))
    fact_id = models.BigIntegerField(_("fact"))
    fact_name = models.TextField(_("kind of fact"))
    position = models.BigIntegerField(_("position"))
    error = models.TextField(_("error"))
    created_at = models.DateTimeField(_("failed at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        constraints = [models.UniqueConstraint(fields=["listener", "fact_id"], name="one_dead_letter_per_fact")]

    def __str__(self) -> str:
        return f"{listening.in_words(self.listener)}: {facts.in_words(self.fact_name)} #{self.fact_id}"


class OutboxMessage(models.Model):
    """Something that must leave the database: a mail, a call to a provider, a webhook, the deletion of a file."""

    kind = models.TextField(_("kind"))
    key = models.TextField(_("key"), unique=True)
    payload = models.JSONField(_("payload"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    due_at = models.DateTimeField(_("due at"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True, default="")
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    dead_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(
                fields=["due_at"], name="outbox_waiting", condition=models.Q(done_at__isnull=True, dead_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"
