"""Faces and covers drawn from a name or a title, so that a school without a designer looks designed."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INKS = ("pine", "seal", "gold", "plum", "indigo", "moss")
HEIGHT = 90


def ink_of(text: str) -> str:
    """Return the ink that belongs to ``text``, always the same one."""
    return INKS[_seed(text)[0] % len(INKS)]


def initial_of(name: str) -> str:
    """Return the first letter or Han character of ``name`` in capitals, or a middle dot if there is none."""
    for character in unicodedata.normalize("NFKC", name):
        if character.isalnum():
            return character.upper()[:1]
    return "·"


def draw_cover(*, title: str, width: int = 160, motif: str = "") -> SafeString:
    """
    Draw the cover of ``title`` on a sheet ``width`` × 90 units: waves, rings, quarter circles or bars in one of six inks.

    ``motif`` overrides the choice of the title. Colors are classes and not attributes, so that the same drawing suits paper
    and night. No text of the title enters it.
    """
    seed = _seed(title)
    draw = MOTIFS[motif or sorted(MOTIFS)[seed[1] % len(MOTIFS)]]
    return format_html(
        '<svg class="cover-art ink-{}" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid slice" aria-hidden="true"'
        ' focusable="false"><path class="g" d="M0 0h{}v{}H0z"/>{}</svg>',
        ink_of(title),
        width,
        HEIGHT,
        width,
        HEIGHT,
        draw(seed, width),
    )


def _seed(text: str) -> bytes:
    normalized = unicodedata.normalize("NFKC", text).strip().casefold()
    return hashlib.sha256(normalized.encode()).digest()


def _waves(seed: bytes, width: int) -> SafeString:
    sun_x, sun_y, sun_r = width * (0.58 + seed[2] / 900), 18 + seed[3] % 14, 9 + seed[4] % 4
    sun = format_html('<circle class="k" cx="{}" cy="{}" r="{}"/>', round(sun_x), sun_y, sun_r)
    lines = format_html_join("", '<path opacity="{}" d="{}"/>', _wave_lines(seed, width))
    return format_html('{}<g class="l" stroke-width="2.6">{}</g>', sun, lines)


def _wave_lines(seed: bytes, width: int) -> Iterator[tuple[str, str]]:
    swell, half = 7 + seed[5] % 5, width * (0.36 + seed[6] / 1300)
    start = -half * (0.3 + seed[7] / 400)
    for row in range(7):
        path = "".join(_half_wave(start - row * 2.5, 34 + row * 9.5, half, swell, crest) for crest in range(6))
        yield f"{1 - row * 0.12:.2f}".rstrip("0").rstrip("."), path


def _half_wave(start: float, base: float, half: float, swell: int, crest: int) -> str:
    sign = -1 if crest % 2 else 1
    here, there = start + half * (crest - 1), start + half * crest
    if crest == 0:
        return f"M{there:.0f} {base + swell:.0f}"
    middle, before, after = (here + there) / 2, base - sign * swell, base + sign * swell
    return f"C{middle:.0f} {before:.0f} {middle:.0f} {after:.0f} {there:.0f} {after:.0f}"


def _rings(seed: bytes, width: int) -> SafeString:
    center_x, center_y = round(width * (0.46 + seed[2] / 700)), 38 + seed[3] % 22
    gap = 10 + seed[4] % 4
    circles = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}"{}/>',
        ((center_x, center_y, gap * ring, _dashes(seed, ring)) for ring in range(1, 8)),
    )
    heart = format_html('<circle class="k" cx="{}" cy="{}" r="{}"/>', center_x, center_y, gap // 2)
    return format_html('<g class="l" stroke-width="2.4">{}</g>{}', circles, heart)


def _dashes(seed: bytes, ring: int) -> SafeString:
    if ring == 2 + seed[5] % 4:
        return format_html(' stroke-dasharray="{} {}"', 4 + seed[6] % 5, 5)
    return SafeString("")


def _quarters(seed: bytes, width: int) -> SafeString:
    tile = 30
    columns = -(-width // tile)
    cells = [(column, row, seed[(column * 3 + row * 5) % 32]) for row in range(3) for column in range(columns)]
    return format_html_join(
        "", '<path class="{}" d="{}"/>', (_quarter(*cell, tile=tile) for cell in cells if cell[2] % 7)
    )


def _quarter(column: int, row: int, roll: int, *, tile: int) -> tuple[str, str]:
    x, y, turn = column * tile, row * tile, roll % 4
    corners = ((x, y), (x + tile, y), (x + tile, y + tile), (x, y + tile))
    (cx, cy), (ax, ay), (bx, by) = corners[turn], corners[(turn + 1) % 4], corners[turn - 1]
    shade = "k" if roll % 11 == 0 else ("i", "i h", "i m")[roll % 3]
    return shade, f"M{cx} {cy}L{ax} {ay}A{tile} {tile} 0 0 1 {bx} {by}z"


def _bars(seed: bytes, width: int) -> SafeString:
    count = 11 if width > HEIGHT else 8
    pitch = width * 0.84 / count
    bars = format_html_join(
        "", '<path opacity="{}" d="{}"/>', (_bar(seed, n, pitch, width * 0.09) for n in range(count))
    )
    level = 22 + seed[3] % 14
    return format_html(
        '<g class="i">{}</g><path class="r" stroke-width="2" d="M0 {}h{}"/><circle class="k" cx="{}" cy="{}" r="4.5"/>',
        bars,
        level,
        width,
        round(width * 0.2 + seed[4] * width / 425),
        level,
    )


def _bar(seed: bytes, number: int, pitch: float, left: float) -> tuple[str, str]:
    height = 20 + seed[8 + number] % 52
    opacity = f"{0.42 + (seed[20 + number % 12] % 58) / 100:.2f}"
    return opacity, f"M{left + number * pitch:.1f} {HEIGHT - height}h{pitch * 0.56:.1f}v{height}h-{pitch * 0.56:.1f}z"


Motif = Callable[[bytes, int], SafeString]
MOTIFS: dict[str, Motif] = {"waves": _waves, "rings": _rings, "quarters": _quarters, "bars": _bars}
