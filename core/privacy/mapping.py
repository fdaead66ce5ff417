"""Which models lead to a person, and what is not yet said about them."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Field, Model

from . import registry

_LOOSE = {
    "user_id",
    "actor_id",
    "author_id",
    "owner_id",
    "member_id",
    "buyer_id",
    "creator_id",
    "viewer_id",
    "erased_id",
}
"""Plain numbers that are ids of people: the stream and its like keep no foreign keys."""


def depths() -> dict[type[Model], int]:
    """Every model from which foreign keys lead to the user, with how many there are on the shortest way."""
    found: dict[type[Model], int] = {get_user_model(): 0}
    models = apps.get_models(include_auto_created=True)
    while True:
        further = {
            model: depth for model in models if model not in found and (depth := _depth(model, found)) is not None
        }
        if not further:
            return found
        found.update(further)


def uncovered() -> list[str]:
    """A sentence for each model that leads to a person and is not wholly declared."""
    said = registry.known()
    found = []
    for model in sorted(depths(), key=lambda model: model._meta.label):  # noqa: SLF001 - documented by Django
        lacks = said.get(model, registry.Cover()).lacks
        if lacks:
            found.append(f"{model._meta.label} lacks {', '.join(lacks)}")  # noqa: SLF001
    return found


def _depth(model: type[Model], found: dict[type[Model], int]) -> int | None:
    if model._meta.proxy:  # noqa: SLF001
        return None
    steps = [found[target] + 1 for target in _targets(model) if target in found]
    return min(steps, default=None)


def _targets(model: type[Model]) -> Iterator[type[Model]]:
    for field in model._meta.concrete_fields:  # noqa: SLF001
        if field.is_relation and isinstance(field.related_model, type):
            yield field.related_model._meta.concrete_model or field.related_model  # noqa: SLF001
        elif _is_loose(field):
            yield get_user_model()


def _is_loose(field: "Field[object, object]") -> bool:
    return field.name in _LOOSE
