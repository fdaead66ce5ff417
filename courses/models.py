"""Courses, their sections and lessons, who studies them and how far they got."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audience import AudienceField, AudienceQuerySet
from core.audience.keys import PUBLIC, STAFF
from core.web.naming import address_of


def everybody() -> list[str]:
    """The audience of what stands in the catalogue."""
    return [PUBLIC]


class Level(models.TextChoices):
    BEGINNER = "beginner", _("Beginner")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")


class CourseQuerySet(AudienceQuerySet):
    """Courses, as sentences."""

    author_field = "teacher_id"

    def open_to(self, viewer: Any) -> Self:
        """Keep what is published and ``viewer`` may see, and the viewer's own courses."""
        own = Q(teacher_id=viewer.pk) if viewer.is_authenticated else Q(pk__in=[])
        published = Q(published_at__isnull=False, pk__in=self.model.objects.visible_to(viewer).values("pk"))
        return self.filter(published | own)

    def published(self) -> Self:
        """Keep what is published."""
        return self.filter(published_at__isnull=False)


class Course(models.Model):
    """Something one can learn from one teacher, in lessons."""

    class Format(models.TextChoices):
        TALK = "talk", _("Talks")
        CASE = "case", _("Cases")
        PROJECT = "project", _("Project")
        COLUMN = "column", _("Column")

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("teacher"), on_delete=models.PROTECT, related_name="taught_courses"
    )
    summary = models.CharField(_("summary"), max_length=400)
    outcomes = ArrayField(
        models.CharField(max_length=200), verbose_name=_("what one will be able to do"), default=list, blank=True
    )
    for_whom = ArrayField(models.CharField(max_length=200), verbose_name=_("for whom"), default=list, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.BEGINNER)
    format = models.CharField(_("format"), max_length=8, choices=Format, default=Format.TALK)
    topics = models.ManyToManyField("topics.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    audience = AudienceField(default=everybody)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    # Derived from rows below; kept so that a list of courses costs one query. ``recount`` makes them anew.
    lesson_count = models.PositiveSmallIntegerField(_("lessons"), default=0, editable=False)
    minutes = models.PositiveIntegerField(_("minutes"), default=0, editable=False)
    enrollment_count = models.PositiveIntegerField(_("learners"), default=0, editable=False)
    rating_count = models.PositiveIntegerField(_("ratings"), default=0, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        indexes = [
            GinIndex(fields=["audience"], name="course_audience"),
            models.Index(
                fields=["-published_at", "-id"], name="course_newest", condition=Q(published_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The course's page."""
        return address_of("courses:detail", self.slug)

    @property
    def rating(self) -> float | None:
        """The mean of the ratings, 1 to 5; None while there are none."""
        return self.rating_sum / self.rating_count if self.rating_count else None

    @property
    def key(self) -> str:
        """The key that opens its paid lessons."""
        return f"course:{self.pk}"


class FormerSlug(models.Model):
    """Where a course was found before; the old address leads to the new one for good."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)
    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="former_slugs")

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self) -> str:
        return self.slug


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
        IMAGE = "image", _("Picture")

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


class Figure(models.Model):
    """A drawing that belongs to a course's lessons: an SVG that the importer has checked, shown as a picture only."""

    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="figures")
    name = models.CharField(_("name in the text"), max_length=200)
    svg = models.TextField(_("drawing"))
    digest = models.CharField(max_length=16, editable=False)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [models.UniqueConstraint(fields=["course", "name"], name="one_figure_of_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the drawing is; another drawing has another address, so it may be cached for ever."""
        return address_of("courses:figure", self.pk, self.digest)


class Enrollment(models.Model):
    """Somebody studies a course."""

    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="enrollments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="enrollments"
    )
    enrolled_at = models.DateTimeField(_("enrolled at"), default=timezone.now)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    last_lesson = models.ForeignKey(
        Lesson, verbose_name=_("last lesson"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    studied_at = models.DateTimeField(_("last studied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [models.UniqueConstraint(fields=["course", "user"], name="enrolled_once")]
        indexes = [models.Index(fields=["user", "-studied_at"], name="enrollment_continue")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"


class LessonProgress(models.Model):
    """How far somebody is in a lesson; what was completed stays completed."""

    lesson = models.ForeignKey(Lesson, verbose_name=_("lesson"), on_delete=models.CASCADE, related_name="progress")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    # Pairs of seconds, merged and in order: what of a recording was played, whichever device played it.
    watched = models.JSONField(_("watched"), default=list, blank=True)
    position = models.PositiveIntegerField(_("stopped at second"), default=0)

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = [models.UniqueConstraint(fields=["lesson", "user"], name="one_progress_each")]
        indexes = [models.Index(fields=["user", "-completed_at"], name="progress_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.lesson_id}"


class Review(models.Model):
    """What somebody who studied enough of a course says of it."""

    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    rating = models.PositiveSmallIntegerField(_("rating"))
    body = models.TextField(_("review"), blank=True, default="", max_length=2_000)
    lessons_done = models.PositiveSmallIntegerField(_("lessons completed when written"), default=0)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    reply = models.TextField(_("teacher's reply"), blank=True, default="", max_length=2_000)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="one_review_each"),
            models.CheckConstraint(name="one_to_five_stars", condition=Q(rating__gte=1, rating__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.rating}: {self.course_id}"
