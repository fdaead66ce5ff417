"""Code by CSS classes: few kinds of words, a short list of languages, plain text for everything else."""

import time
from collections.abc import Iterator
from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, _TokenType

GROWTH = 12

# Only lexers whose cost on hostile input has been measured; the tests measure every one of them.
LANGUAGES = {
    "bash": "bash", "sh": "bash", "shell": "bash", "c": "c", "cpp": "cpp", "c++": "cpp",
    "css": "css", "diff": "diff", "go": "go", "html": "html", "java": "java",
    "javascript": "javascript", "js": "javascript", "json": "json", "kotlin": "kotlin", "py": "python",
    "pycon": "python", "python": "python", "python3": "python", "r": "r", "rb": "ruby", "ruby": "ruby", "rs": "rust",
    "rust": "rust", "sql": "sql", "toml": "toml", "ts": "typescript", "typescript": "typescript",
    "yaml": "yaml", "yml": "yaml",
}  # fmt: skip

_KINDS: list[tuple[_TokenType, str]] = [
    (Comment, "c"),
    (Operator.Word, "k"),
    (Keyword, "k"),
    (Name.Function, "nf"),
    (Name.Class, "nc"),
    (Name.Builtin, "nb"),
    (Name.Tag, "k"),
    (Name.Attribute, "nf"),
    (String, "s"),
    (Number, "m"),
    (Generic.Inserted, "gi"),
    (Generic.Deleted, "gd"),
]
CLASSES = frozenset(name for _kind, name in _KINDS)


class OutOfTime(Exception):
    """Coloring took longer than it may."""


class Budget:
    """The processor seconds that coloring may take, shared by all blocks of one text."""

    def __init__(self, seconds: float) -> None:
        self._until = time.thread_time() + seconds

    def check(self) -> None:
        """
        Go on, or stop.

        :raises OutOfTime: if the seconds are over.
        """
        if time.thread_time() > self._until:
            raise OutOfTime


def highlighted(code: str, *, language: str, budget: Budget) -> str:
    """
    The HTML of ``code``, its words in ``<span class="…">`` of ``CLASSES`` where ``language`` is known.

    Some lexers take time that grows with the square of hostile code; what exceeds ``budget`` stays uncolored.
    """
    plain = escape(code)
    name = LANGUAGES.get(language.lower())
    if name is None:
        return plain
    try:
        html = "".join(_spans(code, _lexer(name), budget))
    except OutOfTime:
        return plain
    return html if len(html) <= max(GROWTH * len(code), len(plain)) else plain


def _spans(code: str, lexer: Lexer, budget: Budget) -> Iterator[str]:
    budget.check()
    kind, words = "", ""
    for token, value in lexer.get_tokens(code):
        budget.check()
        if (found := _kind(token)) != kind and value.strip():
            yield _span(kind, words)
            kind, words = found, ""
        words += value
    yield _span(kind, words)


def _span(kind: str, words: str) -> str:
    return f'<span class="{kind}">{escape(words)}</span>' if kind and words.strip() else escape(words)


@cache
def _kind(token: _TokenType) -> str:
    return next((name for parent, name in _KINDS if token in parent), "")


@cache
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)
