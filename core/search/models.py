"""What can be found."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audience import AudienceField, AudienceQuerySet

from .fields import WordsField


class SearchDocument(models.Model):
    """One thing as search sees it: a copy that can be made again at any time by ``reindex_search``."""

    kind = models.CharField(_("kind"), max_length=30)
    object_id = models.BigIntegerField(_("number"))
    title = models.TextField(_("title"))
    title_folded = models.TextField(editable=False)
    body = models.TextField(_("text"), blank=True)
    words = WordsField(editable=False)
    audience = AudienceField()
    language = models.CharField(_("language"), max_length=10)
    author_id = models.BigIntegerField(_("author"), null=True, blank=True)
    topic_ids = ArrayField(models.BigIntegerField(), verbose_name=_("topics"), default=list, blank=True)
    url = models.TextField(_("address"))
    happened_at = models.DateTimeField(_("happened at"))
    indexed_at = models.DateTimeField(_("indexed at"))

    objects = AudienceQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="one_document_per_thing")]
        indexes = [
            # Written at once and not in a pending list, which every search would have to read through.
            GinIndex(fields=["words"], name="search_words", fastupdate=False),
            GinIndex(fields=["audience"], name="search_audience", fastupdate=False),
            GinIndex(fields=["title_folded"], name="search_title_trigrams", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["author_id"], name="search_author"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.object_id}: {self.title}"
