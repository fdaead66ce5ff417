"""Rows of models by COPY, for those whose ids nobody asks for afterwards."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from psycopg2.extras import Json

from core.events.copying import copy_rows

M = TypeVar("M", bound=Model)


def copy(objects: Sequence[M]) -> None:
    """Store ``objects``, all of one model, in their order; they do not learn their ids."""
    if not objects:
        return
    fields = [field for field in objects[0]._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - Django's documented API
    copy_rows(
        table=objects[0]._meta.db_table,  # noqa: SLF001 - as above
        columns=[field.column for field in fields],
        rows=(
            [_plain(field.get_db_prep_save(field.pre_save(one, True), connection)) for field in fields]
            for one in objects
        ),
    )


def _plain(value: Any) -> Any:
    return json.dumps(value.adapted) if isinstance(value, Json) else value
