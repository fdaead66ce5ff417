"""The parts of a course, its lessons, and what is said in their recordings."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audience import AudienceField, AudienceQuerySet
from core.audience.keys import PUBLIC, STAFF
from core.web.naming import address_of

from .courses import Course, Level


class Section(models.Model):
    """A part of a course."""

    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(_("title"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [models.UniqueConstraint(fields=["course", "title"], name="one_section_of_a_title")]

    def __str__(self) -> str:
        return self.title


class LessonQuerySet(AudienceQuerySet):
    """Lessons, as sentences."""

    author_field = None

    def in_order(self) -> Self:
        """The order of the course."""
        return self.order_by("section__order", "order", "pk")


class Lesson(models.Model):
    """One sitting's worth: an article, a video, an audio, a PDF or a picture."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")
        PDF = "pdf", _("PDF")
        IMAGE = "image", pgettext_lazy("kind of lesson", "Picture")

    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="lessons")
    section = models.ForeignKey(Section, verbose_name=_("section"), on_delete=models.CASCADE, related_name="lessons")
    title = models.CharField(_("title"), max_length=150)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ARTICLE)
    level = models.CharField(_("level"), max_length=12, choices=Level, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    source = models.TextField(_("text"), blank=True, default="")
    html = models.TextField(_("rendered text"), blank=True, default="", editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_preview = models.BooleanField(_("free to try"), default=False)
    file = models.ForeignKey(
        "media.Asset", verbose_name=_("file"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    free_minutes = models.PositiveSmallIntegerField(_("free minutes"), default=0)
    beginning = models.ForeignKey(
        "media.Asset",
        verbose_name=_("free beginning"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    audience = AudienceField()
    import_key = models.CharField(max_length=200, blank=True, default="", editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "import_key"], name="one_lesson_per_file", condition=~Q(import_key="")
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page where it is read."""
        return address_of("courses:lesson", self.course.slug, self.pk)

    def opens_to(self) -> list[str]:
        """The keys that open it: everybody's for a preview, else the course's own; staff must be able to look after it."""
        return [PUBLIC] if self.is_preview else [f"course:{self.course_id}", STAFF]


class Captions(models.Model):
    """What is said in a recording, in one language: shown over the picture, and below it to read."""

    lesson = models.ForeignKey(Lesson, verbose_name=_("lesson"), on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    file = models.ForeignKey("media.Asset", verbose_name=_("file"), on_delete=models.CASCADE, related_name="+")
    cues = models.JSONField(_("lines"), default=list, editable=False)

    class Meta:
        verbose_name = _("captions")
        verbose_name_plural = _("captions")
        constraints = [models.UniqueConstraint(fields=["lesson", "language"], name="captions_once_per_language")]

    def __str__(self) -> str:
        return f"{self.language}: {self.lesson_id}"
