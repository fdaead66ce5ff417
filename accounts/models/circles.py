"""Who follows, blocks or mutes whom."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics.models import Topic

from .user import User


class Follow(models.Model):
    """One member wants to hear of another."""

    follower = models.ForeignKey(User, models.CASCADE, related_name="follows", verbose_name=_("follower"))
    followed = models.ForeignKey(User, models.CASCADE, related_name="followed_by", verbose_name=_("followed"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="one_follow_per_pair"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="nobody_follows_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.follower} → {self.followed}"


class Block(models.Model):
    """One member shuts another out: neither sees the other's work, and no message passes."""

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks", verbose_name=_("blocker"))
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocked_by", verbose_name=_("blocked"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_per_pair"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker} ✕ {self.blocked}"


class Mute(models.Model):
    """One member no longer wants to see another, who is not told and loses nothing."""

    muter = models.ForeignKey(User, models.CASCADE, related_name="mutes", verbose_name=_("muter"))
    muted = models.ForeignKey(User, models.CASCADE, related_name="muted_by", verbose_name=_("muted"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="one_mute_per_pair"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="nobody_mutes_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.muter} – {self.muted}"


class TopicFollow(models.Model):
    """A member wants to hear of a topic."""

    user = models.ForeignKey(User, models.CASCADE, related_name="topic_follows", verbose_name=_("member"))
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="+", verbose_name=_("topic"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("followed topic")
        verbose_name_plural = _("followed topics")
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="one_follow_per_topic")]

    def __str__(self) -> str:
        return f"{self.user} → {self.topic}"
