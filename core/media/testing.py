"""Small recordings for tests, made when they are first wanted."""

import struct
import subprocess
import tempfile
import wave
from functools import cache
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg


def film(size: int = 10_000) -> BytesIO:
    """A film of two seconds in MP4, 64 by 48, followed by as many bytes as make ``size``, which players skip."""
    padding = max(0, size - len(_two_seconds()) - 8)
    filling = (bytes(range(256)) * (padding // 256 + 1))[:padding]
    return _named(_two_seconds() + (8 + padding).to_bytes(4, "big") + b"free" + filling, "film.mp4")


def tone(seconds: int = 3) -> BytesIO:
    """A tone of ``seconds`` as WAV."""
    body = BytesIO()
    with wave.open(body, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        wave_of_40 = struct.pack("<40h", *[-9_000] * 20, *[9_000] * 20)
        out.writeframes(wave_of_40 * (200 * seconds))
    return _named(body.getvalue(), "tone.wav")


def _named(content: bytes, name: str) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


@cache
def _two_seconds() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        drawn = ["-f", "lavfi", "-i", "testsrc=d=2:s=64x48:r=5", "-pix_fmt", "yuv420p", "-g", "5", "-crf", "40"]
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *drawn, str(path)], check=True)
        return path.read_bytes()
