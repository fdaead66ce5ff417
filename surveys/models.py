"""What is asked, and what was answered."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audience import AudienceField, AudienceQuerySet
from core.text import in_language
from topics.models import Topic


class SurveyQuerySet(AudienceQuerySet):
    """Versions of surveys, as sentences."""

    author_field = None

    def open(self) -> Self:
        """Keep what takes answers now."""
        now = timezone.now()
        begun = Q(opened_at__lte=now) & (Q(opens_at__isnull=True) | Q(opens_at__lte=now))
        return self.filter(begun, closed_at__isnull=True).filter(Q(closes_at__isnull=True) | Q(closes_at__gt=now))


class Survey(models.Model):
    """
    One version of a survey: what people answered stays with the questions that they read.

    A slug may have many versions, of which at most one is open. Questions of a version that has answers do not change;
    ``operations.new_version`` copies them into the next one.
    """

    slug = models.SlugField(_("short name"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    title_zh = models.CharField(_("title (Chinese)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120)
    lead_zh = models.TextField(_("introduction (Chinese)"), max_length=400, blank=True)
    lead_en = models.TextField(_("introduction (English)"), max_length=400, blank=True)
    audience = AudienceField(verbose_name=_("who is asked"))
    opens_at = models.DateTimeField(
        _("opens at"), null=True, blank=True, help_text=_("Left empty: as soon as you open it.")
    )
    closes_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("Left empty: when you close it.")
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        indexes = [GinIndex(fields=["audience"], name="survey_audience")]
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="one_survey_per_version"),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="closes_after_it_opens",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(opened_at__isnull=False, closed_at__isnull=True),
                name="one_open_version_per_survey",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="closed_after_it_was_opened",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return in_language(zh=self.title_zh, en=self.title_en)

    @property
    def lead(self) -> str:
        """The introduction in the language of the page."""
        return in_language(zh=self.lead_zh, en=self.lead_en)

    @property
    def is_open(self) -> bool:
        """Whether it takes answers now."""
        now = timezone.now()
        has_begun = self.opened_at is not None and (self.opens_at is None or self.opens_at <= now)
        return has_begun and self.closed_at is None and (self.closes_at is None or self.closes_at > now)


class Question(models.Model):
    """One question of one version."""

    class Kind(models.TextChoices):
        """How it is answered."""

        SINGLE = "single", _("One choice")
        MULTIPLE = "multiple", _("Several choices")
        SCALE = "scale", _("A scale from 1 to 5")
        TEXT = "text", _("In words")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions", verbose_name=_("survey"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text_zh = models.CharField(_("question (Chinese)"), max_length=200)
    text_en = models.CharField(_("question (English)"), max_length=200)
    low_zh = models.CharField(_("what 1 means (Chinese)"), max_length=40, blank=True)
    low_en = models.CharField(_("what 1 means (English)"), max_length=40, blank=True)
    high_zh = models.CharField(_("what 5 means (Chinese)"), max_length=40, blank=True)
    high_en = models.CharField(_("what 5 means (English)"), max_length=40, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    place = models.PositiveSmallIntegerField(_("place"), default=1)

    class Meta:
        verbose_name = pgettext_lazy("survey", "question")
        verbose_name_plural = pgettext_lazy("survey", "questions")

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The question in the language of the page."""
        return in_language(zh=self.text_zh, en=self.text_en)

    @property
    def low(self) -> str:
        """What 1 means, in the language of the page."""
        return in_language(zh=self.low_zh, en=self.low_en)

    @property
    def high(self) -> str:
        """What 5 means, in the language of the page."""
        return in_language(zh=self.high_zh, en=self.high_en)


class Choice(models.Model):
    """One answer that may be chosen."""

    question = models.ForeignKey(
        Question, models.CASCADE, related_name="choices", verbose_name=pgettext_lazy("survey", "question")
    )
    text_zh = models.CharField(_("answer (Chinese)"), max_length=120)
    text_en = models.CharField(_("answer (English)"), max_length=120)
    place = models.PositiveSmallIntegerField(_("place"), default=1)
    topics = models.ManyToManyField(Topic, through="Effect", verbose_name=_("topics that it speaks for"))
    leads_to = ArrayField(models.CharField(max_length=40), verbose_name=_("what it leads to"), default=list, blank=True)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The answer in the language of the page."""
        return in_language(zh=self.text_zh, en=self.text_en)


class Effect(models.Model):
    """What choosing an answer says about one's interest in a topic: from 1, perhaps, to 5, surely."""

    choice = models.ForeignKey(Choice, models.CASCADE, related_name="effects", verbose_name=_("choice"))
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="+", verbose_name=_("topic"))
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        constraints = [
            models.UniqueConstraint(fields=["choice", "topic"], name="one_effect_per_topic"),
            models.CheckConstraint(condition=Q(weight__range=(1, 5)), name="weight_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.choice} → {self.topic} × {self.weight}"


class Submission(models.Model):
    """One person's answers to one version, or their wish to skip it. Answering again replaces the answers."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="submissions", verbose_name=_("survey"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="survey_submissions", verbose_name=_("member")
    )
    is_skipped = models.BooleanField(_("skipped"), default=False)
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [models.UniqueConstraint(fields=["survey", "user"], name="one_submission_per_member")]

    def __str__(self) -> str:
        return f"{self.survey}: {self.user}"


class Answer(models.Model):
    """What somebody answered to one question, in the one field that suits its kind."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="answers", verbose_name=_("submission"))
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="answers", verbose_name=pgettext_lazy("survey", "question")
    )
    choices = models.ManyToManyField(Choice, related_name="answers", blank=True, verbose_name=_("choices"))
    scale = models.PositiveSmallIntegerField(_("on the scale"), null=True, blank=True)
    text = models.TextField(_("in words"), max_length=2_000, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["submission", "question"], name="one_answer_per_question"),
            models.CheckConstraint(condition=Q(scale__isnull=True) | Q(scale__range=(1, 5)), name="scale_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.submission}: {self.question}"
