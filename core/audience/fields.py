"""The column that says who may see a row."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from .keys import MEMBERS


def members_only() -> list[str]:
    """The audience of a row that says nothing else: members, never the world."""
    return [MEMBERS]


class AudienceField(ArrayField):  # type: ignore[type-arg]
    """The keys that open a row; give the model a GIN index on it (``audience_index``)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("base_field", models.TextField())
        options.setdefault("default", members_only)
        options.setdefault("verbose_name", _("who may see it"))
        super().__init__(**options)
