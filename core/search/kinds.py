"""What can be found: each room names its kinds and says how to hand all of them over again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from .documents import Document


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of thing that can be found, as ``register`` took it."""

    name: str
    label: str | Promise
    documents: Callable[[], Iterable[Document]]


known: dict[str, Kind] = {}


def register(kind: str, *, label: str | Promise, reindex: Callable[[], Iterable[Document]]) -> None:
    """
    Make things of ``kind`` findable; ``reindex`` yields the document of every one of them, for ``reindex_search``.

    What is locked or unpublished is not yielded: search knows audiences, not conditions.
    """
    known[kind] = Kind(name=kind, label=label, documents=reindex)
