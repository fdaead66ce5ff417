"""Showing where an answer answers: safe HTML with ``<mark>``."""

import re
from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.text.characters import HAN, fold_in_place
from core.text.words import segments, stem

from .asking import Question

WINDOW = 160
BEFORE = 40
MOST_PLACES = 200

Span = tuple[int, int]
_LATIN = re.compile(rf"[^\W_{HAN}]+(?:\+\+|#)?")


def marked(text: str, question: Question) -> SafeString:
    """``text`` with the words of ``question`` marked."""
    return _with_marks(text, _spans(text, question))


def marked_excerpt(text: str, question: Question) -> SafeString:
    """The part of ``text`` that says most about ``question``, on one line, marked."""
    line = " ".join(text.split())
    spans = _spans(line, question)
    start = _start(line, spans)
    end = _end(line, start + WINDOW)
    inside = [(first - start, last - start) for first, last in spans if first >= start and last <= end]
    before, after = "…" if start else "", "…" if end < len(line) else ""
    return format_html("{}{}{}", before, _with_marks(line[start:end], inside), after)


def _spans(text: str, question: Question) -> list[Span]:
    folded = fold_in_place(text)
    joined: list[Span] = []
    for first, last in sorted({*_chinese(folded, question), *_latin(folded, question)})[:MOST_PLACES]:
        # Neighbors join: 机器 and 学习 found side by side are one mark.
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _chinese(folded: str, question: Question) -> Iterator[Span]:
    words = {word for run in segments(question.folded) for word in run if re.match(f"[{HAN}]", word)}
    named = {word for word in words if len(word) > 1} or words
    # Longest first: the whole question where it stands as it was typed, then its words.
    whole = re.findall(f"[{HAN}]+", question.folded)
    wanted = sorted({*named, *whole}, key=len, reverse=True)
    if wanted:
        yield from (found.span() for found in re.finditer("|".join(map(re.escape, wanted)), folded))


def _latin(folded: str, question: Question) -> Iterator[Span]:
    wanted = {word for word in question.words if not re.match(f"[{HAN}]", word)} & set(
        re.findall(r"'([^']+)'", question.asks_all)
    )
    for found in _LATIN.finditer(folded) if wanted else ():
        root = stem(found.group())
        if root in wanted or (question.beginning and root.startswith(question.beginning)):
            yield found.span()


def _start(line: str, spans: list[Span]) -> int:
    """Where the window with the most different words begins, at the beginning of a word."""
    if not spans:
        return 0
    best = max(spans, key=lambda span: (_weight(line, spans, span[0]), -span[0]))[0]
    if best <= BEFORE:
        return 0
    blank = line.find(" ", best - BEFORE, best)
    return blank + 1 if blank >= 0 else best - BEFORE // 2


def _weight(line: str, spans: list[Span], start: int) -> int:
    return len(
        {line[first:last].lower() for first, last in spans if start <= first and last <= start + WINDOW - BEFORE}
    )


def _end(line: str, wanted: int) -> int:
    if wanted >= len(line):
        return len(line)
    blank = line.rfind(" ", wanted - BEFORE, wanted)
    return blank if blank >= 0 else wanted


def _with_marks(text: str, spans: list[Span]) -> SafeString:
    ends = [0, *(last for _first, last in spans)]
    pieces = ((text[end:first], text[first:last]) for end, (first, last) in zip(ends, spans, strict=False))
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", pieces), text[ends[-1] :])
