"""Repeating the chain from its beginning."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms.models import model_to_dict

from . import chain
from .models import AuditEntry, AuditSeal


@dataclass(frozen=True)
class Verdict:
    """How many links were read, where the chain ends now, and a sentence for each thing that is wrong."""

    counted: int
    head: str
    violations: list[str]


def verify(*, expected: tuple[int, str] | None = None) -> Verdict:
    """
    Read every entry and link, and work out every digest and hash again.

    ``expected`` is a head that was noted earlier: only with it can it be seen that the end was cut off or all was made anew.
    """
    number, head, violations = 0, chain.BEGINNING, list(_unsealed())
    for seal in AuditSeal.objects.select_related("entry").order_by("number").iterator(chunk_size=1_000):
        number += 1
        if seal.number != number:
            violations.append(f"link {number} is missing: the next one is {seal.number}")
            number = seal.number
        if _digest(seal.entry) != seal.entry.digest:
            violations.append(f"entry {seal.entry.pk} is not what was recorded")
        if chain.link(head, seal.entry.digest) != seal.hash:
            violations.append(f"link {number} does not follow from the one before it")
        head = seal.hash
        if expected and expected[0] == number and expected[1] != head:
            violations.append(f"link {number} is not the one that was noted")
    if expected and expected[0] > number:
        violations.append(f"the chain ends at {number}, and {expected[0]} was noted")
    return Verdict(number, head, violations)


def _digest(entry: AuditEntry) -> str:
    return chain.digest(model_to_dict(entry, fields=chain.FIELDS))


def _unsealed() -> Iterator[str]:
    for pk in AuditEntry.objects.filter(seal=None).order_by("pk").values_list("pk", flat=True):
        yield f"entry {pk} is in no link of the chain"
