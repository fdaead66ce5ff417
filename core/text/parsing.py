"""The one Markdown parser and how its tokens become HTML."""

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from .highlighting import LANGUAGES, highlighted
from .inline import CJKInline, bare_address

DEEPEST = 14
"""Beyond this depth the parser drops text in silence, so a writer is told of a limit just above it."""


@cache
def markdown() -> MarkdownIt:
    """The parser: CommonMark with tables, strikethrough and bare addresses, and no HTML."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    rules = parser.get_active_rules()
    parser.inline = CJKInline()
    parser.inline.ruler.enableOnly([rule for rule in rules["inline"] if rule != "html_inline"])
    parser.inline.ruler2.enableOnly(rules["inline2"])
    parser.inline.ruler.before("newline", "bare_address", bare_address)
    return parser


class _Renderer(RendererHTML):
    """Writes classes where the parser would write styles, and lets what scrolls sideways be reached by keyboard."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        language = (unescapeAll(token.info).split() or [""])[0].lower()
        named = f' class="language-{language}"' if language in LANGUAGES else ""
        colored = highlighted(token.content, language=language, budget=env["budget"])
        return f'<pre tabindex="0"><code{named}>{colored}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre>\n'

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<table tabindex="0">\n'

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _cell(tokens[idx])

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _cell(tokens[idx])


def _cell(token: Token) -> str:
    style = str(token.attrGet("style") or "")
    alignment = {"text-align:right": "to-end", "text-align:center": "to-center"}.get(style, "")
    return f'<{token.tag} class="{alignment}">' if alignment else f"<{token.tag}>"
