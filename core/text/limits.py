"""How much a text may hold; what exceeds it is refused with a sentence for its author."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markdown_it.token import Token


class TextRefused(ValidationError):
    """A text exceeds a limit; its message says which, in the writer's language, so a form may show it as it is."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    What one kind of text may hold. ``growth`` bounds the HTML by the size of the source, plus a kilobyte;
    ``code_seconds`` is the processor time for coloring code.
    """

    size: int
    lines: int
    nesting: int = 12
    cells: int = 2_000
    mentions: int = 50
    links: int = 50
    growth: int = 20
    code_seconds: float = 0.1
    anchor: str = ""
    """What the ids of headings begin with; empty for texts that share a page with others, where the source gives it."""


POST = Limits(size=20_000, lines=2_000)
LESSON = Limits(size=100_000, lines=8_000, links=300, code_seconds=0.5, anchor="h")

_DELIMITER_ROW = re.compile(r"[ \t>|:+*\-0-9.)]*-[ \t>|:+*\-0-9.)]*")


def check_source(source: str, *, limits: Limits) -> None:
    """
    Refuse what would already cost too much to parse.

    :raises TextRefused: if the text is too long or a table in it too large.
    """
    size = len(source.encode(errors="surrogatepass"))
    if size > limits.size:
        raise TextRefused(
            _("This text is too long: %(size)s of at most %(most)s bytes (a Chinese character counts as three).")
            % {"size": size, "most": limits.size}
        )
    if source.count("\n") >= limits.lines:
        raise TextRefused(_("This text has too many lines: at most %(most)s.") % {"most": limits.lines})
    if sum(_possible_cells(source)) > limits.cells:
        raise _too_many_cells(limits)


def check_tokens(tokens: Sequence[Token], *, limits: Limits) -> None:
    """
    Refuse what would cost too much to render or to read.

    :raises TextRefused: if it nests too deeply or holds too many links or table cells.
    """
    every = list(_with_children(tokens))
    if any(token.nesting == 1 and token.level > limits.nesting for token in every):
        raise TextRefused(
            _("Lists and quotes nest too deeply here: at most %(most)s levels.") % {"most": limits.nesting}
        )
    if sum(token.type in {"th_open", "td_open"} for token in every) > limits.cells:
        raise _too_many_cells(limits)
    links = sum(token.type in {"link_open", "image"} for token in every)
    if links > limits.links:
        raise TextRefused(
            ngettext(
                "There are too many links and pictures: at most %(most)s is allowed.",
                "There are too many links and pictures: at most %(most)s are allowed.",
                limits.links,
            )
            % {"most": limits.links}
        )


def check_html(html: str, *, source: str, limits: Limits) -> None:
    """
    Refuse a small text that grew into a large page.

    :raises TextRefused: if the HTML is too large for its source.
    """
    if len(html) > limits.growth * len(source) + 1_024:
        raise TextRefused(_("This text grows too large when it is shown. Use less markup."))


def _too_many_cells(limits: Limits) -> TextRefused:
    return TextRefused(_("The tables are too large: at most %(most)s cells.") % {"most": limits.cells})


def _possible_cells(source: str) -> Iterator[int]:
    # The parser fills short rows up to the width of the head, so a small text can stand for millions of cells: width
    # and height are multiplied before it starts.
    lines = source.split("\n")
    ends = _ends_of_paragraphs(lines)
    for number, line in enumerate(lines):
        if "|" in line and _DELIMITER_ROW.fullmatch(line.rstrip("\r")):
            width = sum("-" in cell for cell in line.split("|"))
            yield width * (ends[number] - number)


def _ends_of_paragraphs(lines: Sequence[str]) -> list[int]:
    ends, end = [0] * len(lines), len(lines)
    for number in range(len(lines) - 1, -1, -1):
        if not lines[number].strip():
            end = number
        ends[number] = end
    return ends


def _with_children(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()
