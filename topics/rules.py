"""What may stand in the tree, and how text is compared with it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = {"slug", "zh", "en", "synonyms", "children"}
_LATIN = re.compile(r"[a-z0-9]")


class TreeError(ValueError):
    """A tree cannot be loaded; the sentence names the topic and what is wrong with it."""


class CannotMerge(Exception):
    """Two topics cannot become one; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One topic of a tree to be loaded."""

    slug: str
    zh: str
    en: str
    synonyms: tuple[str, ...]
    parent: str | None
    place: int


def read_tree(topics: Sequence[Mapping[str, Any]]) -> list[Leaf]:
    """
    The topics of a tree given as dictionaries (``slug, zh, en, synonyms, children``), each parent before its children.

    :raises TreeError: if something is missing, unknown, deeper than two levels, or there twice.
    """
    found = list(_leaves(topics, parent=None))
    seen: set[str] = set()
    for leaf in found:
        if leaf.slug in seen:
            raise TreeError(f"{leaf.slug} is there twice")
        seen.add(leaf.slug)
    return found


def tidy_synonyms(words: Iterable[str]) -> list[str]:
    """``words`` without blanks around them, without empty ones, and each once however it is capitalized."""
    found: dict[str, str] = {}
    for word in words:
        tidy = " ".join(str(word).split())
        if tidy:
            found.setdefault(fold(tidy), tidy)
    return list(found.values())


@lru_cache(maxsize=4_096)
def fold(text: str) -> str:
    """``text`` as it is compared: full-width and half-width, capital and small letters are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def count(term: str, folded: str) -> int:
    """How often the folded ``term`` stands in the folded text; a Latin one as a word, also in the plural."""
    if not _LATIN.search(term):
        return folded.count(term)
    return len(_word(term).findall(folded)) if term in folded else 0


@lru_cache(maxsize=4_096)
def _word(term: str) -> re.Pattern[str]:
    # Chinese needs no blank between words, so only Latin letters and digits beside it make it a part of another word.
    return re.compile(rf"(?<![a-z0-9]){re.escape(term)}(?:e?s)?(?![a-z0-9])")


def _leaves(topics: Sequence[Mapping[str, Any]], *, parent: str | None) -> Iterable[Leaf]:
    for place, topic in enumerate(topics):
        slug = _slug(topic, parent)
        yield Leaf(
            slug=slug,
            zh=_name(topic, "zh", slug),
            en=_name(topic, "en", slug),
            synonyms=tuple(tidy_synonyms(topic.get("synonyms") or [])),
            parent=parent,
            place=place,
        )
        children = topic.get("children") or []
        if children and parent is not None:
            raise TreeError(f"{slug} is under {parent} and has topics under it: the tree has two levels")
        yield from _leaves(children, parent=slug)


def _slug(topic: Mapping[str, Any], parent: str | None) -> str:
    where = f"a topic under {parent}" if parent else "a topic"
    slug = topic.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug) or len(slug) > 50:  # noqa: PLR2004 - the column's length
        raise TreeError(f"{where} has the slug {slug!r}; small letters, digits and hyphens are expected")
    unknown = sorted(set(topic) - _KEYS)
    if unknown:
        raise TreeError(f"{slug} has {', '.join(map(str, unknown))}, which nobody reads")
    return slug


def _name(topic: Mapping[str, Any], language: str, slug: str) -> str:
    name = " ".join(str(topic.get(language) or "").split())
    if not 0 < len(name) <= 60:  # noqa: PLR2004 - the column's length
        raise TreeError(f"{slug} needs a name of 1 to 60 characters under {language!r}")
    return name
