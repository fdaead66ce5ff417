"""What the models are called where people read of them, and what became of a training; what has no other name keeps it."""

import re
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

MODELS: dict[str, str | Promise] = {
    "blend": _("Blend"),
    "popularity": _("Popularity"),
    "svd": "SVD",
    "item_knn": _("Neighbors of items"),
    "ease": "EASE",
    "successors": _("What comes next"),
    "trails": _("Trails"),
    "ials": "iALS",
    "profile": _("Portrait"),
    "modulated": _("Portrait with a square"),
    "content": _("Likeness of content"),
}

OUTCOMES = [
    gettext_noop("put in service"),
    gettext_noop("not put in service: %(why)s"),
    gettext_noop("it recommends worse than the one in service (%(own)s against %(other)s on the same)"),
    gettext_noop("it recommends worse than popularity (%(own)s against %(other)s)"),
    gettext_noop("another model was put in service meanwhile, with which it was not compared"),
    gettext_noop("it is damaged: of %(asked)s answers it gives %(same)s as when it was measured"),
    gettext_noop("it does not know %(item)s, which it was trained on"),
    gettext_noop("too few members have a history to learn from"),
    gettext_noop("its process ended without a word"),
    gettext_noop("ended without a word"),
    gettext_noop("%(folder)s: %(file)s is missing"),
    gettext_noop("%(folder)s: %(file)s was altered after it was saved"),
    gettext_noop("%(folder)s: no readable %(file)s"),
    gettext_noop("%(file)s is missing"),
    gettext_noop("%(file)s was altered after it was saved"),
    gettext_noop("no readable %(file)s"),
    gettext_noop("it served, and cannot any more: %(why)s"),
]
"""What is written down of a training, in English as it is kept."""
_BLANK = re.compile(r"%\\\((\w+)\\\)s")
_FORMS = [(re.compile(_BLANK.sub(r"(?P<\1>.+)", re.escape(one))), one) for one in OUTCOMES]


def model(kind: str) -> str:
    """What a model of ``kind`` is called; the code itself where there is none such any more."""
    return str(MODELS.get(kind, kind))


def fault(found: Exception, *, place: Path) -> str:
    """What is wrong with the files at ``place``: whoever reads it knows the model by its name, and not where the server keeps it."""
    return str(found).replace(f"{place}: ", "").replace(f"{place}/", "")


def outcome(kept: str) -> str:
    """What was written down of a training, in the language of whoever reads it; what a fault said stays as it is."""
    for form, sentence in _FORMS:
        if found := form.fullmatch(kept):
            return gettext(sentence) % {name: outcome(value) for name, value in found.groupdict().items()}
    return kept
