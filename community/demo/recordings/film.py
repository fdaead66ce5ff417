"""
Where zero matters: a minute in pictures.

Two bars whose foot is cut off, the axis that comes down to zero, and a fever that would be flat if it did.
"""

# ruff: noqa: PLR2004 - a script: its seconds, pixels and degrees stand where they are drawn
import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, RATE = 640, 360, 10
SECONDS = 60
PAPER, INK, SOFT, GO, SEAL = "#fbfaf6", "#23241f", "#7d7c70", "#2c6a4b", "#a8362a"
LEFT, RIGHT, TOP, FOOT = 96, 560, 66, 258
BARS = (("Monday", 96.0), ("Tuesday", 98.0))
FEVER = (36.6, 36.8, 37.0, 37.9, 39.1, 39.8, 39.4, 38.2, 37.3, 36.8)


def write(path: Path) -> None:
    """Draw the film and encode it as H.264, which every browser plays; about three seconds of work."""
    encoder = subprocess.Popen(
        [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}",
            "-r", str(RATE), "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-tune", "animation", "-crf", "26",
            "-pix_fmt", "yuv420p", "-g", str(5 * RATE), "-movflags", "+faststart", "-fflags", "+bitexact", "-flags:v", "+bitexact",
            "-map_metadata", "-1", str(path),
        ],
        stdin=subprocess.PIPE,
    )  # fmt: skip
    if encoder.stdin is None:
        raise RuntimeError("ffmpeg takes no input")
    for frame in frames():
        encoder.stdin.write(frame.tobytes())
    encoder.stdin.close()
    if encoder.wait():
        raise RuntimeError("the film could not be encoded")


def frames() -> Iterator[Image.Image]:
    """All pictures, in order; one that is like the one before is not drawn again."""
    before, shown = None, None
    for number in range(SECONDS * RATE):
        scene = _scene(number / RATE)
        if scene != before or shown is None:
            before, shown = scene, _draw(scene)
        yield shown


Scene = tuple[str, float, str, str]
"""What is drawn: the kind of chart, where its axis begins, the title above and the words below."""


def _scene(at: float) -> Scene:
    if at < 8:
        return ("bars", 95.0, "Visitors this week", "")
    if at < 15:
        return ("bars, covered", 95.0, "Cover the axis: how much more?", "three times as much")
    if at < 27:
        low = 95.0 * (1 - _eased((at - 15) / 12))
        return ("bars", low, "The axis comes down to zero", f"looks {(98 - low) / (96 - low):.2f} times as tall")
    if at < 34:
        return ("bars", 0.0, "A bar speaks by its length", "1.02 times: two visitors in a hundred")
    if at < 42:
        return ("fever", 0.0, "A fever, on an axis from zero", "flat: the patient would die under it")
    if at < 53:
        low = 35.0 * _eased((at - 42) / 9)
        return ("fever", round(low, 2), "A line speaks by its slope", "")
    return ("fever", 35.0, "Choose the range in which a change matters", "35 to 42 for a body")


def _eased(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def _draw(scene: Scene) -> Image.Image:
    kind, low, title, words = scene
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((LEFT, 18), title, INK, _font(22))
    if kind.startswith("bars"):
        _bars(pen, low, is_covered=kind.endswith("covered"))
    else:
        _fever(pen, low)
    pen.text((LEFT, FOOT + 22), words, SEAL if kind.startswith("fever") != bool(low) else GO, _font(17))
    return picture


def _bars(pen: ImageDraw.ImageDraw, low: float, *, is_covered: bool) -> None:
    high = 99.0
    _axis(pen, low, high, step=1 if low > 90 else 10 if low < 60 else 5, is_covered=is_covered)
    for place, (name, value) in enumerate(BARS):
        left = LEFT + 90 + place * 190
        top = _height(value, low, high)
        pen.rectangle((left, top, left + 110, FOOT), GO if place else SOFT)
        pen.text((left, FOOT + 4), name, INK, _font(14))
        if not is_covered:
            pen.text((left + 38, top - 22), f"{value:.0f}", INK, _font(16))


def _fever(pen: ImageDraw.ImageDraw, low: float) -> None:
    high = 42.0
    _axis(pen, low, high, step=1 if low > 30 else 6, is_covered=False)
    step = (RIGHT - LEFT - 40) / (len(FEVER) - 1)
    points = [(LEFT + 20 + n * step, _height(value, low, high)) for n, value in enumerate(FEVER)]
    pen.line(points, SEAL, 4, joint="curve")
    for x, y in points:
        pen.ellipse((x - 5, y - 5, x + 5, y + 5), SEAL)


def _axis(pen: ImageDraw.ImageDraw, low: float, high: float, *, step: int, is_covered: bool) -> None:
    first = int(-(-low // step) * step)
    for value in range(first, int(high) + 1, step):
        y = _height(value, low, high)
        pen.line((LEFT, y, RIGHT, y), "#e4e1d6", 1)
        if not is_covered:
            pen.text((LEFT - 44, y - 9), str(value), SOFT, _font(14))
    pen.line((LEFT, TOP, LEFT, FOOT), INK, 1)
    pen.line((LEFT, FOOT, RIGHT, FOOT), INK, 2)
    if is_covered:
        pen.rectangle((LEFT - 62, TOP - 8, LEFT - 6, FOOT + 8), "#d9c7a8", "#b59d74", 2)


def _height(value: float, low: float, high: float) -> float:
    return FOOT - (value - low) / (high - low) * (FOOT - TOP)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
