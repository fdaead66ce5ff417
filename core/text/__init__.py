"""
Text that people write: one Markdown pipeline, sanitising, language, names, search words.

Owns no table; rooms keep source and HTML side by side by ``models.MarkdownText``.
Publishes nothing.
Listens to nothing.
"""

from .languages import detect_language, in_language, is_chinese, joined
from .limits import LESSON, POST, Limits, TextRefused
from .mentions import Mentioned, resolves_mentions
from .names import NameRefused, clean_name, skeleton, slug
from .pipeline import VERSION, Heading, Rendered, render
from .plain import excerpt, plain_text
from .quoting import in_their_languages, within_quotes
from .words import tokens

__all__ = [
    "LESSON",
    "POST",
    "VERSION",
    "Heading",
    "Limits",
    "Mentioned",
    "NameRefused",
    "Rendered",
    "TextRefused",
    "clean_name",
    "detect_language",
    "excerpt",
    "in_language",
    "in_their_languages",
    "is_chinese",
    "joined",
    "plain_text",
    "render",
    "resolves_mentions",
    "skeleton",
    "slug",
    "tokens",
    "within_quotes",
]
