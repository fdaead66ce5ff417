"""
The written map of personal data: who exports and who erases the rows of each model.

Each room fills it in ``<app>/privacy.py``, imported in ``ready()``. Most models need one ``covers``; what is harder gets a
function each by ``@exports`` and ``@erases``; what is neither is ``exempt`` with a reason that can be read out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from django.db.models import Model, Q, QuerySet

Row = Mapping[str, Any]
DELETE: Final = "delete"
"""For ``covers``: the rows go altogether."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that belongs into an export, under ``name``; it is opened when it is written."""

    name: str
    open: Callable[[], BinaryIO]


Exporter = Callable[[Any], Iterable[Row | Attachment]]
Eraser = Callable[[Any], None]


@dataclass
class Cover:
    """What is declared about one model; ``unclassed`` are fields that nobody said anything about."""

    exporter: Exporter | None = None
    eraser: Eraser | None = None
    not_exported: str = ""
    not_erased: str = ""
    unclassed: list[str] = field(default_factory=list)

    @property
    def lacks(self) -> list[str]:
        """What is still to be said."""
        missing = [] if self.exporter or self.not_exported else ["an exporter"]
        missing += [] if self.eraser or self.not_erased else ["an eraser"]
        return missing + [f"a word about {name}" for name in self.unclassed]


_covers: dict[type[Model], Cover] = {}


def exports(model: type[Model]) -> Callable[[Exporter], Exporter]:
    """Let the decorated function give what the rows of ``model`` say about a user: plain dictionaries, and attachments."""

    def register(exporter: Exporter) -> Exporter:
        _cover(model).exporter = exporter
        return exporter

    return register


def erases(model: type[Model]) -> Callable[[Eraser], Eraser]:
    """
    Let the decorated function remove from the rows of ``model`` whatever tells who a user was.

    It runs in one transaction with all others and may run again for the same user: after a restore it must. What lies
    outside the database is deleted through the outbox.
    """

    def register(eraser: Eraser) -> Eraser:
        _cover(model).eraser = eraser
        return eraser

    return register


def exempt(model: type[Model], *, export: str = "", erasure: str = "") -> None:
    """Say why the rows of ``model`` are not exported or not erased: a law, or that they hold nothing about a person."""
    cover = _cover(model)
    cover.not_exported = export or cover.not_exported
    cover.not_erased = erasure or cover.not_erased


def covers(
    model: type[Model],
    *,
    person: str | Sequence[str] = "user",
    exporting: Sequence[str] = (),
    omitting: Mapping[str, str] | None = None,
    erasing: str | Mapping[str, Any] = DELETE,
) -> None:
    """
    Declare both for a model by its fields.

    ``person`` is the path to the user, or several where a row belongs to two. ``exporting`` names what a person gets
    to see, ``omitting`` what not, each with a reason; a field in neither fails the checks. ``erasing`` is DELETE, the values
    that replace what was personal, or nothing where an ``exempt`` gives the reason.
    """
    people = [person] if isinstance(person, str) else list(person)

    def mine(user: Any) -> QuerySet[Any]:
        whose = Q()
        for path in people:
            whose |= Q(**{path: user.pk})
        return model._base_manager.filter(whose)  # noqa: SLF001 - also the rows that the default manager hides

    def exporter(user: Any) -> Iterator[Row]:
        yield from mine(user).order_by("pk").values(*exporting).iterator(chunk_size=1_000)

    def eraser(user: Any) -> None:
        if isinstance(erasing, str):
            mine(user).delete()
        else:
            mine(user).update(**erasing)

    cover = _cover(model)
    cover.exporter, cover.eraser = exporter, eraser if erasing else None
    said = {*exporting, *(omitting or {}), *(path.split("__")[0] for path in people)}
    fields = model._meta.concrete_fields  # noqa: SLF001 - documented by Django
    cover.unclassed = [each.name for each in fields if not each.primary_key and each.name not in said]


def known() -> Mapping[type[Model], Cover]:
    """All that was declared, by model."""
    return _covers


def _cover(model: type[Model]) -> Cover:
    return _covers.setdefault(model, Cover())
