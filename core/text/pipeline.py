"""
The one way from what people write to HTML: limits, Markdown, mentions, allowlist.

Preview, posts, lessons, profiles and legal texts all come through ``render``; what is stored carries ``VERSION`` and is
rendered again when that rises.
"""

import hashlib
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from markdown_it.token import Token

from .highlighting import Budget
from .languages import detect_language
from .limits import POST, Limits, check_html, check_source, check_tokens
from .mentions import link_mentions
from .names import slug
from .parsing import markdown
from .sanitizing import sanitized

VERSION = 1
"""Raise it when the same source gives other HTML; ``render_again`` then brings stored texts up to date."""

Pictures = Callable[[str], str | None]
"""Takes the address of a picture as written and returns our own for it, or None to refuse it."""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One heading of a text, for an outline beside it."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A text as it is shown: safe HTML, and what was learned on the way."""

    html: str
    version: int
    language: str
    mentions: tuple[int, ...]
    headings: tuple[Heading, ...]


def render(source: str, *, language: str = "", limits: Limits = POST, pictures: Pictures | None = None) -> Rendered:
    """
    Render Markdown to safe HTML.

    A picture is shown only from our own files (``pictures`` may map names of an imported course to them); any other
    becomes a link. Headings begin at ``<h2>``, as the page has its own first one.

    :raises TextRefused: if the text exceeds ``limits``.
    """
    source = source.replace("\0", "\ufffd")
    check_source(source, limits=limits)
    tokens = markdown().parse(source)
    check_tokens(tokens, limits=limits)
    mentions = link_mentions(tokens, limits=limits)
    _keep_own_pictures(tokens, pictures or own_picture)
    headings = _mark_headings(tokens, limits.anchor or _own_anchor(source))
    html = sanitized(markdown().renderer.render(tokens, markdown().options, {"budget": Budget(limits.code_seconds)}))
    check_html(html, source=source, limits=limits)
    return Rendered(
        html=html, version=VERSION, language=language or detect_language(source), mentions=mentions, headings=headings
    )


def own_picture(address: str) -> str | None:
    """``address`` if it leads to our own files, else None."""
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" not in {"://", settings.MEDIA_ORIGIN or "://", settings.SITE_URL}:
        return None
    # Browsers read backslashes as slashes and resolve dots, encoded ones too, before they ask.
    path = posixpath.normpath(unquote(parts.path).replace("\\", "/"))
    return (
        address
        if path.startswith((settings.MEDIA_URL, settings.STATIC_URL)) and path == parts.path.rstrip("/")
        else None
    )


def _keep_own_pictures(tokens: Sequence[Token], pictures: Pictures) -> None:
    for inline in tokens:
        if any(child.type == "image" for child in inline.children or ()):
            inline.children = [kept for child in inline.children or () for kept in _picture_or_link(child, pictures)]


def _picture_or_link(child: Token, pictures: Pictures) -> list[Token]:
    if child.type != "image":
        return [child]
    written = str(child.attrGet("src") or "")
    address = pictures(written)
    if address is not None:
        child.attrs = {**child.attrs, "src": address, "loading": "lazy"}
        return [child]
    label = Token("text", "", 0, content=child.content or written)
    return [Token("link_open", "a", 1, attrs={"href": written}), label, Token("link_close", "a", -1)]


def _own_anchor(source: str) -> str:
    return "p" + hashlib.sha256(source.encode(errors="replace")).hexdigest()[:6]


def _mark_headings(tokens: Sequence[Token], anchor: str) -> tuple[Heading, ...]:
    found: list[Heading] = []
    taken: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + 1, 6)}"
        if token.type == "heading_open":
            text = _words(tokens[place + 1])
            ident = _free(f"{anchor}-{slug(text)}", taken)
            token.attrSet("id", ident)
            found.append(Heading(level=int(token.tag[1:]), id=ident, text=text))
    return tuple(found)


def _words(inline: Token) -> str:
    return "".join(
        child.content for child in inline.children or () if child.type in {"text", "code_inline", "image"}
    ).strip()


def _free(wanted: str, taken: dict[str, int]) -> str:
    # Counted per title: looking for the next free number would take the square of ten thousand equal headings.
    taken[wanted] = taken.get(wanted, 0) + 1
    # A title may itself end in a number: two hyphens keep the two apart, as slugs never hold them.
    return wanted if taken[wanted] == 1 else f"{wanted}--{taken[wanted]}"
