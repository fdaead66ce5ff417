"""Who studies a course, how far they got, and what they say of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .courses import Course
from .lessons import Lesson


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
