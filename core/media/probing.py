"""
Looking into sound and moving pictures, and cutting their beginnings: by ffmpeg, in a child process that may read files only.

What people send is decoded by a large program in C, so it gets little: so much processor time, so much memory, no network,
one thread, and a clock that ends it.
"""

import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import imageio_ffmpeg
from django.utils.translation import gettext as _

from .refusals import UploadRefused

PROBE_SECONDS = 5
CUT_SECONDS = 60
MEMORY_KIB = 1_048_576
_DURATION = re.compile(rb"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_SIDES = re.compile(rb"Stream #\d+:\d+.*?: Video: .*?\b(\d{2,5})x(\d{2,5})\b")


class Probed(NamedTuple):
    """How long it is, in whole seconds and at least one; and how large its pictures are, 0 where there are none."""

    seconds: int
    width: int
    height: int


def probe(file: Any) -> Probed:
    """
    Decode the first second of ``file``, which has a descriptor, and read how long all of it is.

    :raises UploadRefused: if it cannot be decoded, or does not say how long it is.
    """
    # Only one second is decoded: the rest costs its length in time and shows nothing that playing would not.
    found = run(["-i", _name(file), "-t", "1", "-f", "null", "-"], file=file, seconds=PROBE_SECONDS)
    if found is None or found.returncode:
        raise UploadRefused(_("This file cannot be played. It may be broken: export it again and try once more."))
    length, sides = _DURATION.search(found.stderr), _SIDES.search(found.stderr)
    if length is None:
        raise UploadRefused(_("This file does not say how long it is. Export it again as MP4, MP3 or M4A."))
    seconds = int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3])
    width, height = (int(sides[1]), int(sides[2])) if sides else (0, 0)
    return Probed(max(1, int(seconds)), width, height)


def cut(file: Any, *, seconds: int, into: Path) -> None:
    """
    Write the first ``seconds`` of ``file`` to ``into``, whose ending says the kind; nothing after them is in it.

    :raises UploadRefused: if that cannot be done.
    """
    # The index first, so that playing begins before the whole file is there.
    first = ["-movflags", "+faststart"] if into.suffix in {".mp4", ".m4a"} else []
    found = run(
        ["-i", _name(file), "-t", str(seconds), "-map_metadata", "-1", "-c", "copy", *first, "-y", str(into)],
        file=file,
        seconds=CUT_SECONDS,
    )
    if found is None or found.returncode:
        raise UploadRefused(_("The free beginning could not be cut from this file."))


def run(arguments: list[str], *, file: Any = None, seconds: int) -> "subprocess.CompletedProcess[bytes] | None":
    """Run ffmpeg within its limits; None when it took longer than ``seconds``."""
    limits = f'ulimit -t {seconds}; ulimit -v {MEMORY_KIB}; exec "$@"'
    ffmpeg = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-nostdin",
        "-protocol_whitelist",
        "file",
        "-threads",
        "1",
    ]
    try:
        # The shell sets the limits and becomes ffmpeg; what we hand over are its parameters, which it does not read as words.
        return subprocess.run(
            ["/bin/sh", "-c", limits, "sh", *ffmpeg, *arguments], capture_output=True, check=False, timeout=seconds,
            pass_fds=[file.fileno()] if file is not None else [],
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None


def _name(file: Any) -> str:
    # By its descriptor: a temporary file has no name, and none that anybody chose is ever on a command line.
    return f"/dev/fd/{file.fileno()}"
