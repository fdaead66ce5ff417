"""Faces and covers drawn from a name or a title, so that a school without a designer looks designed."""

import hashlib
import math
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from django.utils.safestring import SafeString

INKS = ("pine", "seal", "gold", "plum", "indigo", "moss")
HEIGHT = 90
TILE = 30
REMEMBERED = 4_096
COVERS = 8_192
"""So many are remembered, of about a kilobyte each: lists of a large school show thousands of titles within minutes."""


@lru_cache(REMEMBERED)
def ink_of(text: str) -> str:
    """Return the ink that belongs to ``text``, always the same one."""
    return _ink_from(seed_of(text))


def initial_of(name: str) -> str:
    """Return the first letter or Han character of ``name`` in capitals, or a middle dot if there is none."""
    for character in unicodedata.normalize("NFKC", name):
        if character.isalnum():
            return character.upper()[:1]
    return "·"


def _ink_from(seed: bytes) -> str:
    return INKS[seed[0] % len(INKS)]


@lru_cache(COVERS)
def draw_cover(*, title: str, width: int = 160, motif: str = "") -> SafeString:
    """
    Draw the cover of ``title`` on a sheet ``width`` × 90 units: waves, rings, quarter circles or bars in one of six inks.

    ``motif`` overrides the choice of the title. Colors are classes and not attributes, so that the same drawing suits paper
    and night. No text of the title enters it.
    """
    seed = seed_of(title)
    draw = MOTIFS[motif or _IN_ORDER[seed[1] % len(_IN_ORDER)]]
    # Numbers and our own words, of which nothing has to be escaped: going through each of hundreds takes longer than drawing.
    return SafeString(
        f'<svg class="cover-art ink-{_ink_from(seed)}" viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="xMidYMid slice" aria-hidden="true"'
        f' focusable="false"><path class="g" d="M0 0h{width}v{HEIGHT}H0z"/>{draw(seed, width)}</svg>'
    )


def seed_of(text: str) -> bytes:
    """Return the 32 bytes from which everything about ``text`` is drawn."""
    normalized = unicodedata.normalize("NFKC", text).strip().casefold()
    return hashlib.sha256(normalized.encode()).digest()


def _waves(seed: bytes, width: int) -> str:
    sun_x, sun_y, sun_r = width * (0.58 + seed[2] / 900), 18 + seed[3] % 14, 9 + seed[4] % 4
    lines = "".join(f'<path opacity="{opacity}" d="{line}"/>' for opacity, line in _wave_lines(seed, width))
    return (
        f'<circle class="k" cx="{round(sun_x)}" cy="{sun_y}" r="{sun_r}"/><g class="l" stroke-width="2.6">{lines}</g>'
    )


def _wave_lines(seed: bytes, width: int) -> Iterator[tuple[str, str]]:
    swell, half = 13 + seed[5] % 9, round(width * (0.36 + seed[6] / 1300))
    start = -round(half * (0.3 + seed[7] / 400))
    for row in range(7):
        left, level = start - row * 2, 36 + row * 9
        crests = "".join(f"T{left + half * crest} {level}" for crest in range(2, 2 + math.ceil((width - left) / half)))
        yield (
            f"{1 - row * 0.12:.2g}",
            f"M{left} {level}Q{left + half // 2} {level - swell} {left + half} {level}{crests}",
        )


def _rings(seed: bytes, width: int) -> str:
    center_x, center_y = round(width * (0.46 + seed[2] / 700)), 38 + seed[3] % 22
    gap = 10 + seed[4] % 4
    at = f'cx="{center_x}" cy="{center_y}"'
    circles = "".join(f'<circle {at} r="{gap * ring}"{_dashes(seed, ring)}/>' for ring in range(1, 8))
    return f'<g class="l" stroke-width="2.4">{circles}</g><circle class="k" {at} r="{gap // 2}"/>'


def _dashes(seed: bytes, ring: int) -> str:
    return f' stroke-dasharray="{4 + seed[6] % 5} 5"' if ring == 2 + seed[5] % 4 else ""


def _quarters(seed: bytes, width: int) -> str:
    shades: dict[str, str] = dict.fromkeys(("i", "i h", "i m", "k"), "")
    for column in range(-(-width // TILE)):
        for row in range(HEIGHT // TILE):
            roll = seed[(column * 3 + row * 5) % len(seed)]
            if roll % 7:
                shade = "k" if roll % 11 == 0 else ("i", "i h", "i m")[roll % 3]
                shades[shade] += _quarter(column * TILE, row * TILE, turn=roll % 4)
    return _shaded(shades)


def _quarter(x: int, y: int, *, turn: int) -> str:
    corners = ((x, y), (x + TILE, y), (x + TILE, y + TILE), (x, y + TILE))
    (cx, cy), (ax, ay), (bx, by) = corners[turn], corners[(turn + 1) % 4], corners[turn - 1]
    return f"M{cx} {cy}L{ax} {ay}A{TILE} {TILE} 0 0 1 {bx} {by}z"


def _bars(seed: bytes, width: int) -> str:
    count = 11 if width > HEIGHT else 8
    shades: dict[str, str] = dict.fromkeys(("i", "i h", "i t"), "")
    for number in range(count):
        shades[("i", "i h", "i t")[seed[20 + number] % 3]] += _bar(
            seed, number, pitch=width * 0.84 / count, left=width * 0.09
        )
    level, at = 22 + seed[3] % 14, round(width * 0.2 + seed[4] * width / 425)
    line = f'<path class="r" stroke-width="2" d="M0 {level}h{width}"/>'
    return f'{_shaded(shades)}{line}<circle class="k" cx="{at}" cy="{level}" r="4.5"/>'


def _bar(seed: bytes, number: int, *, pitch: float, left: float) -> str:
    height, thick = 20 + seed[8 + number] % 52, round(pitch * 0.56)
    return f"M{left + number * pitch:.1f} {HEIGHT - height}h{thick}v{height}h-{thick}z"


def _shaded(shades: dict[str, str]) -> str:
    return "".join(f'<path class="{shade}" d="{path}"/>' for shade, path in shades.items() if path)


Motif = Callable[[bytes, int], str]
MOTIFS: dict[str, Motif] = {"waves": _waves, "rings": _rings, "quarters": _quarters, "bars": _bars}
_IN_ORDER = sorted(MOTIFS)
