"""Rules, levels, badges, and the tallies from which boards are read."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.text import in_language


class Named(models.Model):
    """Something with a name in both languages."""

    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(zh=self.name_zh, en=self.name_en)


class Rule(Named):
    """How an act earns points."""

    code = models.SlugField(_("code"), unique=True)
    points = models.PositiveSmallIntegerField(_("points"))
    times_a_day = models.PositiveSmallIntegerField(_("counts at most so often a day"))
    ended_at = models.DateTimeField(_("not in force since"), null=True, blank=True)

    class Meta:
        verbose_name = _("points rule")
        verbose_name_plural = _("points rules")


class Level(Named):
    """What a member is called from so many points on."""

    number = models.PositiveSmallIntegerField(_("level"), unique=True)
    points = models.PositiveIntegerField(_("from so many points on"), unique=True)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")


class Badge(Named):
    """Something that a member has shown; granted when a rule has counted often enough."""

    code = models.SlugField(_("code"), unique=True)
    why_zh = models.CharField(_("what it is for (Chinese)"), max_length=120)
    why_en = models.CharField(_("what it is for (English)"), max_length=120)
    rule = models.ForeignKey(Rule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="badges")
    times = models.PositiveIntegerField(_("after so many times"))

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")

    @property
    def why(self) -> str:
        """What it is for, in the reader's language."""
        return in_language(zh=self.why_zh, en=self.why_en)


class Grant(models.Model):
    """A member has a badge."""

    badge = models.ForeignKey(Badge, verbose_name=_("badge"), on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="badge_grants"
    )
    granted_at = models.DateTimeField(_("granted at"), default=timezone.now)

    class Meta:
        verbose_name = _("granted badge")
        verbose_name_plural = _("granted badges")
        constraints = [models.UniqueConstraint(fields=["badge", "user"], name="granted_once")]

    def __str__(self) -> str:
        return f"{self.badge} → {self.user}"


class Tally(models.Model):
    """What one member earned by one rule on one day of theirs; its points are those of the ledger, with which they are compared every night."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="tallies"
    )
    date = models.DateField(_("day"))
    rule = models.ForeignKey(Rule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+")
    points = models.IntegerField(_("points"), default=0)
    times = models.IntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("daily tally")
        verbose_name_plural = _("daily tallies")
        constraints = [models.UniqueConstraint(fields=["user", "date", "rule"], name="one_tally_a_day")]
        indexes = [models.Index(fields=["date"], include=["user", "points"], name="tally_board")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.date} {self.rule_id}: {self.points}"


class Total(models.Model):
    """
    What one member earned by one rule on all days together.

    The sum of their tallies, kept beside them: a member has as many of these as there are rules, however long they have been here.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    rule = models.ForeignKey(Rule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+")
    points = models.BigIntegerField(_("points"), default=0)
    times = models.BigIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("total of a rule")
        verbose_name_plural = _("totals of rules")
        constraints = [models.UniqueConstraint(fields=["user", "rule"], name="one_total_a_rule")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rule_id}: {self.points}"


class BoardPreference(models.Model):
    """A member who does not want to be ranked."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    hidden_at = models.DateTimeField(_("left the boards at"), default=timezone.now)

    class Meta:
        verbose_name = _("board preference")
        verbose_name_plural = _("board preferences")

    def __str__(self) -> str:
        return str(self.user)
