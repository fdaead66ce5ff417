"""Which of the two languages a text is written in, and which of two texts the page asks for."""

import re
from collections.abc import Iterable
from typing import TypeVar

from django.utils.translation import get_language

from .characters import HAN

T = TypeVar("T")

_NOT_PROSE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)
_HAN = re.compile(f"[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’\-]*")

# Chinese prose about technical things is full of Latin names, English prose holds hardly any Han character.
LEAST_HAN_PER_LATIN_WORD = 0.6


def detect_language(text: str) -> str:
    """``"zh-hans"`` or ``"en"``, by its prose: code and addresses do not count."""
    if not _HAN.search(text):
        # Most titles in English end here, and a page asks of forty.
        return "en"
    prose = _NOT_PROSE.sub(" ", text)
    han, latin = len(_HAN.findall(prose)), len(_LATIN_WORD.findall(prose))
    return "zh-hans" if han and han >= LEAST_HAN_PER_LATIN_WORD * latin else "en"


def is_chinese() -> bool:
    """Whether the page is written in Chinese."""
    return (get_language() or "").startswith("zh")


def in_language(*, zh: T, en: T) -> T:
    """Whichever of the two the page is written in; the other one where that is empty."""
    return (zh or en) if is_chinese() else (en or zh)


def joined(words: Iterable[str]) -> str:
    """Words of the page in a row, with the mark that its language puts between them."""
    return in_language(zh="、", en=", ").join(words)
