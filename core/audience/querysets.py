"""The rule, inside the SQL."""

from typing import Any, Self

from django.db import models

from .keys import hidden_authors, keys_of


class AudienceQuerySet(models.QuerySet[Any]):
    """Rows that carry an ``audience``; pages, API, search, RSS, mail, sockets, sitemap and recommendations all come through here."""

    author_field: str | None = "author_id"
    """The column that names who made the row; None where nobody in particular did."""

    def visible_to(self, viewer: Any) -> Self:
        """Keep what ``viewer`` holds a key to, without the work of those who block them."""
        visible = self.filter(audience__overlap=sorted(keys_of(viewer)))
        hidden = hidden_authors(viewer) if self.author_field else frozenset()
        return visible.exclude(**{f"{self.author_field}__in": sorted(hidden)}) if hidden else visible
