"""The allowlist that all HTML made from people's text passes, whatever the parser before it did."""

import nh3

from .highlighting import CLASSES, LANGUAGES

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
ALIGNMENTS = frozenset({"to-end", "to-center"})

_cleaner = nh3.Cleaner(
    tags={
        "p", "br", "hr", "strong", "em", "s", "a", "img", "code", "pre", "span", "blockquote", "ul", "ol", "li",
        "table", "thead", "tbody", "tr", "th", "td", *HEADINGS,
    },
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title", "loading"},
        "ol": {"start"},
        "pre": {"tabindex"},
        "table": {"tabindex"},
        **{heading: {"id"} for heading in HEADINGS},
    },
    allowed_classes={
        "a": {"mention"},
        "span": set(CLASSES),
        "code": {f"language-{name}" for name in LANGUAGES},
        "th": set(ALIGNMENTS),
        "td": set(ALIGNMENTS),
    },
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)  # fmt: skip


def sanitized(html: str) -> str:
    """``html`` without anything that is not on the allowlist."""
    return _cleaner.clean(html)
