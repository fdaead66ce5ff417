"""The words of a text as search knows them: the same on the side of the text and on the side of the question."""

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from .characters import HAN, HAN_RUN, fold

_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:\+\+|#)?")
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")
_VOWEL = re.compile(r"[aeiouy]")
LONGEST = 64
LEAST_LEFT = 3


def tokens(text: str) -> list[str]:
    """
    The search words of ``text``, in order, repeated as often as they occur.

    Text is folded (compatibility forms, case, traditional characters). Latin words lose their common endings; a run of
    Chinese gives its dictionary words and, since no dictionary knows every name, each pair of neighboring characters.
    """
    return [word for run in _RUN.findall(fold(text)) for word in _words(run)]


def stem(word: str) -> str:
    """``word`` without its plural ``s``, ``-ing`` or ``-ed``, when enough of it is left to be told apart."""
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", "")):
        if word.endswith(ending):
            return _without(word, ending, rest)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > LEAST_LEFT:
        return word[:-1]
    return word


def _without(word: str, ending: str, rest: str) -> str:
    left = word.removesuffix(ending)
    if len(left) < LEAST_LEFT or not _VOWEL.search(left):
        return word
    return left + rest if rest else _DOUBLED.sub(r"\1", left)


def segments(text: str) -> Iterator[tuple[str, ...]]:
    """The words of each run of ``text``, folded: a stemmed Latin word, or the dictionary's words of a run of Chinese."""
    for run in _RUN.findall(fold(text)):
        yield _segmented(run) if HAN_RUN.match(run) else (stem(run[:LONGEST]),)


def words_of(run: str) -> list[str]:
    """The words of a run of Chinese as they are written, one after the other."""
    return list(rjieba.cut(run))


def _words(run: str) -> Iterator[str]:
    if not HAN_RUN.match(run):
        yield stem(run[:LONGEST])
        return
    found = _segmented(run)
    yield from found
    pairs = (run[place : place + 2] for place in range(len(run) - 1))
    yield from (pair for pair in pairs if pair not in found)


@lru_cache(maxsize=4_096)
def _segmented(run: str) -> tuple[str, ...]:
    return tuple(rjieba.cut_for_search(run))
