"""``@name``: who is meant is asked of whoever knows the members."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext
from markdown_it.token import Token

from .characters import HAN, is_cjk
from .limits import Limits, TextRefused

LONGEST = 30


@dataclass(frozen=True, kw_only=True)
class Mentioned:
    """A person who is named in a text."""

    user_id: int
    url: str


Resolver = Callable[[frozenset[str]], Mapping[str, Mentioned]]
"""Takes names in lower case and returns the people among them; called at most once per text, so one query."""

_resolvers: list[Resolver] = []

# Behind a letter it is an address or a decorator's neighbor; behind a Chinese character, which needs no space, a name.
_AT = re.compile(rf"(?<![A-Za-z0-9_@/.\-])@([\w\-]{{1,{LONGEST}}})")
_HAN = re.compile(f"[{HAN}]")


def resolves_mentions(resolver: Resolver) -> Resolver:
    """Register who knows which names belong to whom; the last one registered is asked."""
    _resolvers[:] = [resolver]
    return resolver


def link_mentions(tokens: Sequence[Token], *, limits: Limits) -> tuple[int, ...]:
    """
    Turn names in running text (not in code, not in links) into links; return the ids of those named, each once.

    :raises TextRefused: if there are too many.
    """
    inlines = [token for token in tokens if token.type == "inline" and "@" in token.content]
    places = [(inline, place) for inline in inlines for place in _texts_outside_links(inline)]
    names = [found.group(1) for inline, place in places for found in _AT.finditer(_child(inline, place).content)]
    if len(names) > limits.mentions:
        raise TextRefused(
            ngettext(
                "Too many people are mentioned: at most %(most)s is allowed.",
                "Too many people are mentioned: at most %(most)s are allowed.",
                limits.mentions,
            )
            % {"most": limits.mentions}
        )
    people = _people(names)
    for inline, place in reversed(places) if people else ():
        _link(inline, place, people)
    mentioned = (people.get(_who(name, people)) for name in names)
    return tuple(dict.fromkeys(person.user_id for person in mentioned if person))


def _people(names: Sequence[str]) -> Mapping[str, Mentioned]:
    if not names or not _resolvers:
        return {}
    return _resolvers[-1](frozenset(candidate for name in names for candidate in _candidates(name)))


def _candidates(name: str) -> Iterator[str]:
    """The whole run first, then its shorter beginnings where Chinese text may have followed without a space."""
    name = name.lower()
    yield name
    for end in range(len(name) - 1, 0, -1):
        if _HAN.match(name[end]) or is_cjk(name[end - 1]):
            yield name[:end]


def _who(name: str, people: Mapping[str, Mentioned]) -> str:
    return next((candidate for candidate in _candidates(name) if candidate in people), "")


def _texts_outside_links(inline: Token) -> list[int]:
    depth, places = 0, []
    for place, child in enumerate(inline.children or ()):
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type == "text" and not depth and "@" in child.content:
            places.append(place)
    return places


def _child(inline: Token, place: int) -> Token:
    assert inline.children is not None
    return inline.children[place]


def _link(inline: Token, place: int, people: Mapping[str, Mentioned]) -> None:
    assert inline.children is not None
    text = inline.children[place].content
    pieces, last = [], 0
    for found in _AT.finditer(text):
        name = _who(found.group(1), people)
        if name:
            end = found.start() + 1 + len(name)
            pieces += [_text(text[last : found.start()]), *_mention(text[found.start() : end], people[name])]
            last = end
    inline.children[place : place + 1] = [*pieces, _text(text[last:])]


def _mention(label: str, person: Mentioned) -> list[Token]:
    opened = Token("link_open", "a", 1, attrs={"href": person.url, "class": "mention"})
    return [opened, _text(label), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
