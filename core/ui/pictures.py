"""Pictures for those who take PNG and no SVG: previews of links, 1200 × 630, and the school's icon."""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.resources import as_file, files
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
# Where distributions put a serif that has Chinese. Without one the words stand in the sans that receipts bring along.
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
def draw_share_picture(*, title: str, school: str, logo: bytes = b"") -> bytes:
    """
    Draw the picture of a page called ``title`` as PNG: rings in the ink of the title, its words, and who the school is,
    by its ``logo`` or else by a mark with its first letter.

    The same words give the same bytes on one machine. Half a second of work, so it is remembered.
    """
    # Loaded where a picture is drawn: few processes ever do, and it brings the fonts along.
    from PIL import ImageDraw

    ground, stroke, spark = INKS[ink_of(title)]
    sheet = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    pen = ImageDraw.Draw(sheet)
    _rings(pen, seed_of(title), ground, stroke, spark)
    font = _font_file()
    _write(pen, title, font)
    _sign(sheet, pen, school, logo, font)
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


@lru_cache(REMEMBERED)
def draw_icon(*, school: str, size: int, logo: bytes = b"") -> bytes:
    """Draw the icon of a school as PNG, ``size`` pixels wide and high: its whole ``logo``, or a mark with its first letter."""
    from PIL import ImageDraw

    side = size * SCALE
    sheet = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    if logo:
        _paste(sheet, logo, (0, 0, side, side))
    else:
        pen = ImageDraw.Draw(sheet)
        _mark(pen, (0, 0), side, initial_of(school), _font_file())
    return _png(sheet.resize((size, size), Image.Resampling.LANCZOS))


@lru_cache(REMEMBERED)
def fitted_png(picture: bytes, *, width: int, height: int) -> bytes:
    """Give ``picture`` as PNG, no wider than ``width`` and no higher than ``height``: readers of mail know no newer kind."""
    image = Image.open(io.BytesIO(picture)).convert("RGBA")
    image.thumbnail((width, height), Image.Resampling.LANCZOS)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(pen: ImageDraw.ImageDraw, title: str, font: str) -> None:
    words = _sized(font, 58 * SCALE)
    room = (WIDTH - 380 - 2 * MARGIN) * SCALE
    for number, line in enumerate(_broken(pen, title, words, room)):
        pen.text((MARGIN * SCALE, (MARGIN + 20 + number * 86) * SCALE), line, font=words, fill=INK)


def _sign(sheet: Image.Image, pen: ImageDraw.ImageDraw, school: str, logo: bytes, font: str) -> None:
    side, left, top = 52 * SCALE, MARGIN * SCALE, (HEIGHT - MARGIN - 52) * SCALE
    taken = side
    if logo:
        taken = _paste(sheet, logo, (left, top, left + 3 * side, top + side))
    else:
        _mark(pen, (left, top), side, initial_of(school), font)
    place = (left + taken + 20 * SCALE, top + side // 2)
    pen.text(place, school, font=_sized(font, 30 * SCALE), fill=INK, anchor="lm")


def _mark(pen: ImageDraw.ImageDraw, at: tuple[int, int], side: int, letter: str, font: str) -> None:
    left, top = at
    pen.rounded_rectangle((left, top, left + side, top + side), radius=side * 10 // 52, fill=MARK)
    middle = (left + side // 2, top + side // 2)
    pen.text(middle, letter, font=_sized(font, side * 30 // 52), fill=ON_MARK, anchor="mm")


def _paste(sheet: Image.Image, picture: bytes, box: tuple[int, int, int, int]) -> int:
    """Lay ``picture`` whole into ``box``, in its middle if that is square and else at its left; return how wide it became."""
    left, top, right, bottom = box
    image = Image.open(io.BytesIO(picture)).convert("RGBA")
    scale = min((right - left) / image.width, (bottom - top) / image.height)
    image = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
    )
    indent = (right - left - image.width) // 2 if right - left == bottom - top else 0
    place = (left + indent, top + (bottom - top - image.height) // 2)
    sheet.paste(image, place, image)
    return image.width


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
def _font_file() -> str:
    return next((path for path in FONTS if Path(path).exists()), None) or _own_font_file()


def _own_font_file() -> str:
    with as_file(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc") as path:
        return str(path)


@lru_cache(16)
def _sized(path: str, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    index = SIMPLIFIED if "CJK" in path else 0
    return ImageFont.truetype(path, size, index=index)
