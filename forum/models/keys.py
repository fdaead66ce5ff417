"""Keys that the database makes itself of a number, so that no way of writing a row can give it others."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func


def keys_made_of(field: str, *words: str) -> Func:
    """The array of these keys; behind one that ends in a colon stands the number in ``field``: ``group:7``."""
    keys = ", ".join(f"'{word}' || (%(expressions)s)::text" if word.endswith(":") else f"'{word}'" for word in words)
    # By Postgres's own operators: Django's functions are not known to give the same for ever, which such columns ask for.
    return Func(F(field), template=f"ARRAY[{keys}]", output_field=ArrayField(models.TextField()))
