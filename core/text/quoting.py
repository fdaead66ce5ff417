"""Quotation marks: those within others, and those of a title in another language than its sentence."""

import re

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from .languages import detect_language, is_chinese

_STRAIGHT = re.compile(r'"([^"]*)"')
_TO_INNER = str.maketrans({"“": "‘", "”": "’"})
_QUOTED = re.compile(r"(?<=“)[^“”<>]+(?=”)")


def within_quotes(title: str) -> str:
    """Write ``title`` as it stands between “ and ”: its own marks become the inner ones, in English as in Chinese."""
    return _STRAIGHT.sub(r"‘\1’", title).translate(_TO_INNER)


def in_their_languages(sentence: str, *, page: str | None = None) -> SafeString:
    """
    Name the language of whatever a sentence of the page quotes in another one; text is escaped, safe HTML stays as it is.

    The marks around a title belong to the sentence, those in it to the title: Chinese draws ‘ and ’ as wide as a character,
    which tears an English title apart, and a screen reader would read it by the wrong rules. The sentence is in the language of the
    page, which who has many of them may name.
    """
    if "“" not in sentence:
        return conditional_escape(sentence)
    page = page or ("zh-hans" if is_chinese() else "en")
    # What is put around a part of escaped text is a constant and one of two codes.
    return mark_safe(_QUOTED.sub(lambda found: _marked(found[0], page), conditional_escape(sentence)))  # noqa: S308


def _marked(quoted: str, page: str) -> str:
    language = detect_language(quoted)
    return quoted if language == page else f'<span class="quoted" lang="{language}">{quoted}</span>'
