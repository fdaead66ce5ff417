"""The tree that everything is tagged with."""

from django.db import models


class Topic(models.Model):
    slug = models.SlugField(unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    synonyms = models.JSONField(default=list, blank=True)

    @property
    def name(self):
        from django.utils.translation import get_language

        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    def __str__(self):
        return self.name
