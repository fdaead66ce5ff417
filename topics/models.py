"""The tree that everything is tagged with."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.text import in_language


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics, read aloud."""

    def roots(self) -> "TopicQuerySet":
        """Those of the first level."""
        return self.filter(parent=None)

    def in_order(self) -> "TopicQuerySet":
        """In the order that the school gave them."""
        return self.order_by("place", "slug")


class CurrentTopics(models.Manager.from_queryset(TopicQuerySet)):  # type: ignore[misc]
    """The topics in use: not merged into another."""

    def get_queryset(self) -> TopicQuerySet:
        """Leave out the signposts."""
        found: TopicQuerySet = super().get_queryset().filter(merged_into=None)
        return found


class Topic(models.Model):
    """
    What something is about. A topic stands on the first level or under one that does; Postgres refuses a third.

    One that was merged stays as a signpost: its address and its id, which facts carry, lead to the other.
    """

    slug = models.SlugField(
        _("short name"), unique=True, help_text=_("Part of the address; small letters and hyphens.")
    )
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("above it"), null=True, blank=True, related_name="children"
    )
    synonyms = models.JSONField(_("other words for it"), default=list, blank=True)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
    )

    # First, and so what Django itself asks: a short name that a signpost bears is taken.
    with_signposts = TopicQuerySet.as_manager()
    objects = CurrentTopics()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")) & ~models.Q(parent=models.F("id")),
                name="no_topic_above_or_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_language(zh=self.name_zh, en=self.name_en)

    @property
    def terms(self) -> list[str]:
        """All the words for it: both names and the synonyms."""
        return [self.name_zh, self.name_en, *self.synonyms]
