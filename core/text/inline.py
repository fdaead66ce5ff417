"""Emphasis and bare addresses as they are meant in a script that writes no spaces."""

import re
from typing import Any

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline

from .characters import CJK, is_cjk

LONGEST_ADDRESS = 2_000
OUTER_LEVELS = 6
_ADDRESS = re.compile(rf"://[^\s<>\"`|\\\[\]{{}}{CJK}]*")


class CJKInline(ParserInline):
    """The inline parser, with CommonMark's rule for emphasis widened to texts without spaces."""

    def parse(self, src: str, md: Any, env: Any, tokens: list[Any]) -> list[Any]:
        """Parse ``src`` into ``tokens``, as the parser calls it."""
        state = _State(src, md, env, tokens)
        # Each level may read a run of brackets once more, so paragraphs get fewer levels than lists and quotes do.
        state.level = state.pendingLevel = OUTER_LEVELS
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _State(StateInline):
    """
    CommonMark decides by the characters beside the stars, and takes punctuation next to a letter for the outer side: in
    ``**你好。**世界`` the closing stars stand after a full stop and before a letter, and do not close. Chinese has no
    space to put there. So punctuation of these scripts counts as a letter on the inner side, and their letters count
    as a space on the outer one.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: FBT001, N802, N803 - named by the base class
        end = start
        while end < self.posMax and self.src[end] == self.src[start]:
            end += 1
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[end] if end < self.posMax else " "
        opens, closes = _may_open(before, after), _may_open(after, before)
        if canSplitWord:
            return Scanned(opens, closes, end - start)
        return Scanned(
            opens and (not closes or _is_punctuation(before)),
            closes and (not opens or _is_punctuation(after)),
            end - start,
        )


def _may_open(outer: str, inner: str) -> bool:
    if isWhiteSpace(ord(inner)):
        return False
    if not _is_punctuation(inner) or is_cjk(inner):
        return True
    return isWhiteSpace(ord(outer)) or _is_punctuation(outer) or is_cjk(outer)


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def bare_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls it
    """
    Turn an address that says its scheme into a link; one ends where Chinese text begins, which needs no space before it.

    Without a scheme nothing is guessed: ``setup.py`` and ``README.md`` would be hosts in Paraguay and Moldova.
    """
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = next((one for one in ("https", "http") if state.pending[-len(one) :].lower() == one), "")
    found = _ADDRESS.match(state.src, state.pos, min(state.posMax, state.pos + LONGEST_ADDRESS)) if scheme else None
    if found is None:
        return False
    rest = _without_closing_marks(found.group())
    if len(rest) > len("://") and not silent:
        state.pending = state.pending[: -len(scheme)]
        _push_link(state, scheme + rest)
    state.pos += len(rest)
    return len(rest) > len("://")


def _push_link(state: StateInline, address: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(address)}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)


def _without_closing_marks(address: str) -> str:
    """What is left when the marks of the sentence around it are taken off: ``(see https://a.test/b_(c)).``"""
    while True:
        shorter = address.rstrip(".,:;!?*_~'")
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter
