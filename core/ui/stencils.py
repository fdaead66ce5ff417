"""
Templates that are drawn once for each of their shapes and then only filled.

A list draws the same piece forty times, and nearly all of it is the same each time: finding that out anew takes longer than everything
that differs.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

Slots = tuple[str, ...]
# Of the characters that nobody may send to us or store: they pass through escaping and translating as they are.
_OPENS, _CLOSES = "\ue000", "\ue001"
_SPECIAL = re.compile(r"[&<>\"']")
_STAND_IN = re.compile(f"{_OPENS}([a-z_]+){_CLOSES}")


class Stencil:
    """
    The template ``name``, in which the variables ``slots`` are put out as they are or asked whether they are there, and nothing else.

    Which of them are there is the shape of a piece; for each shape and language the template is drawn once, with stand-ins. A slot
    that goes through a filter or into another component is drawn from its stand-in, so do such work before filling.
    """

    def __init__(self, name: str, *, slots: Sequence[str]) -> None:
        self._name, self._slots = name, tuple(slots)

    def filled(self, *rows: Mapping[str, Any]) -> SafeString:
        """
        Draw the piece for each of ``rows``, one below the other.

        Each has a text for each slot, empty for what is not there; what is not safe is escaped.
        """
        # While templates are being written, each page shows them as they are.
        draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
        language = get_language()
        parts: list[str] = []
        for values in rows:
            texts = {
                slot: value if type(value) is SafeString else _escaped(value)
                for slot in self._slots
                if (value := values.get(slot))
            }
            pieces, gaps = draw(self._name, self._slots, tuple(texts), language)
            start = len(parts)
            parts += pieces
            for place, slot in gaps:
                parts[start + place] = texts[slot]
        return mark_safe("".join(parts))  # noqa: S308 - what the template drew, and what was escaped


def _escaped(value: Any) -> str:
    # Most addresses and titles have nothing that must be escaped, which is found faster than five replacements.
    is_plain = type(value) is str and not _SPECIAL.search(value)
    return value if is_plain else conditional_escape(value)


@lru_cache(maxsize=1_024)
def _drawn(name: str, slots: Slots, shape: Slots, _language: str | None) -> tuple[list[str], list[tuple[int, str]]]:
    """The pieces of which it consists, and at which places among them which slot stands."""
    stand_ins = {slot: f"{_OPENS}{slot}{_CLOSES}" if slot in shape else "" for slot in slots}
    pieces = _STAND_IN.split(get_template(name).render(stand_ins))
    return pieces, list(enumerate(pieces))[1::2]
