"""Pictures for those who show a link of ours elsewhere: they take PNG, 1200 × 630, and no SVG."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

from .drawing import initial_of, ink_of, seed_of

WIDTH, HEIGHT = 1200, 630
SCALE = 2
REMEMBERED = 64
MARGIN = 84
LINES = 3
# Ground, stroke, spark: the light values of each ink in static/css/site.css.
INKS = {
    "pine": ("#e1eee8", "#17614f", "#d9a93c"), "seal": ("#f8e7e0", "#ad361d", "#2b5b68"), "gold": ("#f5ecd6", "#77560f", "#17614f"),
    "plum": ("#ede5f0", "#5b3b6b", "#c4804a"), "indigo": ("#e4e9f3", "#2f4a7a", "#b5391f"), "moss": ("#ecedd8", "#4f5719", "#8a4a6a"),
}  # fmt: skip
INK, PAPER, MARK, ON_MARK = "#1d211c", "#fbfaf6", "#b0371e", "#ffffff"
# Where distributions put a serif that has Chinese. Without one the drawing stands alone: a title in boxes would be worse.
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/Songti.ttc",
)
SIMPLIFIED = 2
"""The face of Simplified Chinese in the collections of Noto."""


@lru_cache(REMEMBERED)
def draw_share_picture(*, title: str, school: str) -> bytes:
    """
    Draw the picture of a page called ``title`` as PNG: rings in the ink of the title, its words, and who the school is.

    The same words give the same bytes on one machine. Half a second of work, so it is remembered.
    """
    # Loaded where a picture is drawn: few processes ever do, and it brings the fonts along.
    from PIL import ImageDraw

    ground, stroke, spark = INKS[ink_of(title)]
    sheet = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    pen = ImageDraw.Draw(sheet)
    _rings(pen, seed_of(title), ground, stroke, spark)
    font = _font_file()
    if font is not None:
        _write(pen, title, school, font)
    small = sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def _rings(pen: ImageDraw.ImageDraw, seed: bytes, ground: str, stroke: str, spark: str) -> None:
    left = (WIDTH - 380) * SCALE
    pen.rectangle((left, 0, WIDTH * SCALE, HEIGHT * SCALE), fill=ground)
    middle_x, middle_y = left + (150 + seed[2] % 90) * SCALE, (230 + seed[3] % 170) * SCALE
    for ring in range(2, 12):
        radius = (ring * 34 + seed[4 + ring] % 9) * SCALE
        start = seed[8 + ring] * 360 // 255
        box = (middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius)
        pen.arc(box, start, start + 120 + seed[16 + ring % 12] // 2, fill=stroke, width=(2 + ring % 3 * 2) * SCALE)
    dot = (26 + seed[5] % 14) * SCALE
    pen.ellipse((middle_x - dot, middle_y - dot, middle_x + dot, middle_y + dot), fill=spark)
    pen.rectangle((0, 0, left, HEIGHT * SCALE), fill=PAPER)


def _write(pen: ImageDraw.ImageDraw, title: str, school: str, font: str) -> None:
    words, name = _sized(font, 58), _sized(font, 30)
    room = (WIDTH - 380 - 2 * MARGIN) * SCALE
    lines = _broken(pen, title, words, room)
    for number, line in enumerate(lines):
        pen.text((MARGIN * SCALE, (MARGIN + 20 + number * 86) * SCALE), line, font=words, fill=INK)
    foot = (HEIGHT - MARGIN - 52) * SCALE
    pen.rounded_rectangle(
        (MARGIN * SCALE, foot, (MARGIN + 52) * SCALE, foot + 52 * SCALE), radius=10 * SCALE, fill=MARK
    )
    pen.text(
        ((MARGIN + 26) * SCALE, foot + 26 * SCALE), initial_of(school), font=_sized(font, 30), fill=ON_MARK, anchor="mm"
    )
    pen.text(((MARGIN + 72) * SCALE, foot + 26 * SCALE), school, font=name, fill=INK, anchor="lm")


def _broken(pen: ImageDraw.ImageDraw, title: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """``title`` in at most three lines; between Han characters a line may end anywhere, in Latin only between words."""
    lines = [""]
    for piece in _pieces(title):
        if lines[-1] and pen.textlength(lines[-1] + piece.rstrip(), font=font) > room:
            if len(lines) == LINES:
                lines[-1] = lines[-1].rstrip() + "…"
                return lines
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines


def _pieces(title: str) -> list[str]:
    pieces = [""]
    for character in " ".join(title.split()):
        is_han = ord(character) >= 0x2E80  # noqa: PLR2004 - where the scripts begin that have no spaces
        if is_han or pieces[-1].endswith(" ") or (pieces[-1] and ord(pieces[-1][-1]) >= 0x2E80):  # noqa: PLR2004
            pieces.append("")
        pieces[-1] += character
    return [piece for piece in pieces if piece]


@lru_cache(1)
def _font_file() -> str | None:
    return next((path for path in FONTS if Path(path).exists()), None)


@lru_cache(8)
def _sized(path: str, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    index = SIMPLIFIED if "CJK" in path else 0
    return ImageFont.truetype(path, size * SCALE, index=index)
