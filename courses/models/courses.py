"""Courses, where they were found before, and the drawings of their lessons."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audience import AudienceField, AudienceQuerySet
from core.audience.keys import PUBLIC
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
