"""
A chart for somebody who listens: its lines as tones, a year a tone, the higher the more.

Left are the districts that all rise, right is the harbor, which bends. No word is spoken: what is to be heard stands in the
captions, and the ear finds the bend by itself.
"""

import subprocess
import wave
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

RATE = 22_050
SECONDS = 58
LOWEST, HIGHEST = 60.0, 80.0
TONE = 0.62
"""Seconds of one tone, which is one year."""
DISTRICTS = (60, 62.5, 65, 67.5, 70, 72.5, 75, 77.5, 80)
HARBOR = (60, 63, 66, 69, 72, 74, 72, 69, 66)
RIDDLES = ((62, 66, 70, 74, 78), (62, 70, 74, 70, 64), (61, 65, 71, 75, 79))
TO_DRAW = (64, 64, 64, 78, 78, 78, 78)

Samples = NDArray[np.float64]


def write(path: Path) -> None:
    """Compute the sound and encode it as AAC in M4A; about a second of work."""
    plain = path.with_suffix(".wav")
    with wave.open(str(plain), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.round(composed() * 32_767 * 0.8).astype("<i2").tobytes())
    exact = ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart"]
    encoder = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(plain), "-c:a", "aac", "-b:a", "56k"]
    subprocess.run([*encoder, *exact, str(path)], check=True)
    plain.unlink()


def composed() -> Samples:
    """The whole piece: samples by two ears, between -1 and 1."""
    piece = np.zeros((SECONDS * RATE, 2))
    _put(piece, 1.0, _line((LOWEST,), tone=1.2), ears=(1, 1))
    _put(piece, 3.0, _line((HIGHEST,), tone=1.2), ears=(1, 1))
    _put(piece, 6.0, _line(DISTRICTS), ears=(1, 0.15))
    _put(piece, 14.0, _line(HARBOR), ears=(0.15, 1))
    _put(piece, 22.0, _line(DISTRICTS), ears=(0.8, 0))
    _put(piece, 22.0, _line(HARBOR), ears=(0, 0.8))
    for place, riddle in enumerate(RIDDLES):
        _put(piece, 30.0 + 4 * place, _line(riddle), ears=(1, 1))
    _put(piece, 43.0, _line(RIDDLES[1]), ears=(1, 1))
    _put(piece, 49.0, _line(TO_DRAW), ears=(1, 1))
    return piece


def hertz(value: float) -> float:
    """The pitch of a value: two octaves from the least to the most, so that equal steps sound equal."""
    return float(220.0 * 2 ** (2 * (value - LOWEST) / (HIGHEST - LOWEST)))


def _line(values: tuple[float, ...], *, tone: float = TONE) -> Samples:
    return np.concatenate([_tone(value, tone) for value in values])


def _tone(value: float, seconds: float) -> Samples:
    """One tone with two soft overtones, swelling and fading so that nothing clicks."""
    at = np.arange(int(seconds * RATE)) / RATE
    wave_ = sum(np.sin(2 * np.pi * hertz(value) * n * at) / n**2 for n in (1, 2, 3))
    return np.asarray(wave_ / 1.4 * np.minimum(1, np.minimum(at / 0.03, (seconds - at) / 0.12)))


def _put(piece: Samples, at: float, line: Samples, *, ears: tuple[float, float]) -> None:
    first = int(at * RATE)
    for ear, loudness in enumerate(ears):
        piece[first : first + len(line), ear] += loudness * line


def is_bending(values: tuple[float, ...]) -> bool:
    """Whether a line turns down somewhere: what one listens for."""
    return any(after < before for before, after in pairwise(values))
