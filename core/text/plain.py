"""Text without its markup: for excerpts, search, mails, descriptions."""

import html
import re

import nh3
from markdown_it.token import Token

from .characters import HAN
from .parsing import markdown

MOST = 200_000

_LOOKS_RENDERED = re.compile(
    r"\s*<(?:p|h[1-6]|ul|ol|pre|blockquote|table|hr|figure|div|section|aside|article|img)\b[^>]*>", re.IGNORECASE
)
_BLOCK_END = re.compile(
    r"</(?:p|h[1-6]|li|pre|blockquote|tr|table|div|td|th|figure)>|<(?:br|hr)\b[^>]*>", re.IGNORECASE
)
_ENDS_BLOCK = {"paragraph_close", "heading_close", "list_item_close", "td_close", "th_close", "tr_close"}
_UNIT = re.compile(rf"[{HAN}]|[^\s{HAN}]+")


def plain_text(text: str) -> str:
    """The words of ``text``, which is HTML from ``render`` or a Markdown source; blocks are parted by line breaks."""
    words = _from_html(text) if _LOOKS_RENDERED.match(text) else _from_source(text)
    return re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t\u00a0]+", " ", words)).strip()


def excerpt(text: str, *, words: int = 40) -> str:
    """
    The first ``words`` of ``text`` (HTML or source) on one line; two Chinese characters count as one word.

    Plain text: escape it like any other.
    """
    line = " ".join(plain_text(text).split())
    room, end = float(words), 0
    for unit in _UNIT.finditer(line):
        room -= 0.5 if re.match(f"[{HAN}]", unit.group()) else 1
        if room < 0:
            return line[:end].rstrip(" ,;:，；：、") + "…"
        end = unit.end()
    return line


def _from_html(text: str) -> str:
    # Tags are taken out by a parser and never by a regular expression; only the line breaks are ours.
    broken = _BLOCK_END.sub(lambda found: found.group() + "\n", text)
    return html.unescape(nh3.clean(broken, tags=set()))


def _from_source(text: str) -> str:
    return "".join(_words(token) for token in markdown().parse(text[:MOST]))


def _words(token: Token) -> str:
    if token.type in {"fence", "code_block"}:
        return token.content + "\n"
    if token.type in _ENDS_BLOCK:
        return "\n"
    return "".join(_inline(child) for child in token.children or ())


def _inline(child: Token) -> str:
    return "\n" if child.type in {"softbreak", "hardbreak"} else child.content
