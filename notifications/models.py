"""What members are told, and how they want to be told."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What one is told about; each has its sentence in ``shapes`` and, where it is worth one, its mail."""

    ANSWER = "answer", _("An answer to my question")
    REPLY = "reply", _("A reply in my discussion")
    ACCEPTED = "accepted", _("My answer was accepted")
    QUESTION = "question", _("A question under what I teach")
    BADGE = "badge", _("A badge")
    LEVEL = "level", _("A level")
    HIDDEN = "hidden", _("A moderator hid what I wrote")
    RESTORED = "restored", _("What I wrote is shown again")
    PAID = "paid", _("A payment of mine")
    REFUNDED = "refunded", _("A refund to me")
    DECLINED = "declined", _("A payment that failed")
    INVOICE = "invoice", _("An invoice for me")
    GIFT = "gift", _("My gift was taken")
    RENEWAL = "renewal", _("My membership runs out")
    OWED = "owed", _("A renewal that could not be taken")
    PAYOUT = "payout", _("A payout to me")
    JOINING = "joining", _("Somebody wants into my group")
    LET_IN = "let_in", _("I was let into a group")
    INVITED = "invited", _("An invitation into a group")


class Notification(models.Model):
    """One thing that one member was told; words are made when it is shown, in the reader's language."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who did it"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    subject_id = models.BigIntegerField(_("what it is about"))
    key = models.CharField(_("key"), max_length=100, unique=True)
    created_at = models.DateTimeField(_("told at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_newest"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """A member who does not want mails of a kind."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    no_mail_since = models.DateTimeField(_("no mail since"), default=timezone.now)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_a_kind")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"


class Digest(models.Model):
    """The letter of one week to one member: what it recommended, so that the next one recommends something else."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    week = models.DateField(_("week that began on"))
    items = ArrayField(models.CharField(max_length=40), verbose_name=_("items"), default=list, blank=True)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("letter", "digest")
        verbose_name_plural = _("digests")
        constraints = [models.UniqueConstraint(fields=["user", "week"], name="one_digest_a_week")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.week}"
