"""Who moves the references when one topic becomes another: each room registers its own."""

from collections.abc import Callable, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from .models import Topic

Move = Callable[[int, int], None]
_moves: dict[tuple[type[models.Model], str], Move] = {}


def register(model: type[models.Model], field: str, move: Move) -> None:
    """Let ``move(topic_id, into_id)`` redirect the references that ``model.field`` holds, in the transaction of the merge."""
    _moves[model, field] = move


def moves(model: type[models.Model], *, field: str = "topic", unique_with: Sequence[str] = ()) -> None:
    """
    Redirect the plain foreign key ``field``. Where a row may name a topic once only (``unique_with`` are the other fields of
    that constraint), one that names both topics loses the old one.
    """

    def move(topic_id: int, into_id: int) -> None:
        rows: models.QuerySet[Any] = model._base_manager.filter(**{field: topic_id})  # noqa: SLF001 - hidden rows too
        if unique_with:
            same = {name: models.OuterRef(name) for name in unique_with}
            there = model._base_manager.filter(**{field: into_id}, **same)  # noqa: SLF001
            rows.filter(models.Exists(there)).delete()
        rows.update(**{field: into_id})

    register(model, field, move)


def move_references(*, topic_id: int, into_id: int) -> None:
    """Redirect every registered reference."""
    for move in _moves.values():
        move(topic_id, into_id)


def unregistered() -> list[str]:
    """The references to topics that nobody registered: a merge would leave them behind."""
    return sorted(
        f"{model._meta.label}.{field.name}"  # noqa: SLF001 - documented by Django
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields  # noqa: SLF001
        if field.is_relation
        and field.related_model is Topic
        and model is not Topic
        and (model, field.name) not in _moves
    )
