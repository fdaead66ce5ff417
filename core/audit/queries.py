"""Reading the log."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.forms.models import model_to_dict

from . import chain
from .models import AuditEntry, AuditSeal


def entries_about(subject: str) -> QuerySet[AuditEntry]:
    """What was done to ``subject``, the newest first."""
    return AuditEntry.objects.filter(subject=subject).order_by("-pk")


def head() -> tuple[int, str]:
    """The number and the hash of the last link: noted elsewhere, they show later that nothing was cut off the end."""
    last = AuditSeal.objects.order_by("-number").first()
    return (last.number, last.hash) if last else (0, chain.BEGINNING)


def export() -> Iterator[str]:
    """The whole log as lines of JSON, in the order of the chain; ``chain`` says how to check it without us."""
    for seal in AuditSeal.objects.select_related("entry").order_by("number").iterator(chunk_size=1_000):
        entry = model_to_dict(seal.entry, fields=[*chain.FIELDS, "digest"])
        entry["happened_at"] = seal.entry.happened_at.isoformat(timespec="microseconds")
        yield json.dumps({"number": seal.number, **entry, "hash": seal.hash}, ensure_ascii=False)
