"""Streams, and what was said in them lately."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stream(models.Model):
    """The counter of a stream; the row is the last lock that a writing transaction takes."""

    name = models.TextField(_("name"), primary_key=True)
    seq = models.BigIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("live stream")
        verbose_name_plural = _("live streams")

    def __str__(self) -> str:
        return f"{self.name} @ {self.seq}"


class Message(models.Model):
    """One update, rendered once per language; its ``seq`` is given by the database at commit."""

    stream = models.TextField(_("stream"))
    seq = models.BigIntegerField(_("number"))
    action = models.TextField(_("action"))
    target = models.TextField(_("target"), default="")
    html = models.JSONField(_("content by language"), default=dict)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("live message")
        verbose_name_plural = _("live messages")
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_message_per_seq")]
        indexes = [models.Index(fields=["created_at"], name="realtime_message_age")]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq}"
