"""Reads the colors of the stylesheet and measures contrast as WCAG 2.2 does."""

import re
from pathlib import Path

from django.conf import settings

SHEET = Path(settings.BASE_DIR) / "static" / "css" / "site.css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


def tokens_of(selector):
    """Return {name: (light, dark)} of the first rule with this selector."""
    text = SHEET.read_text()
    start = text.index(f"{selector} {{")
    return {name: (light, dark) for name, light, dark in PAIR.findall(text[start : text.index("}", start)])}


def contrast(one, other):
    """Return the contrast ratio of two colors, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color):
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
