"""Reading WebVTT: the lines that are said, and when."""

import html
import re
from typing import NamedTuple

MOST_CUES = 5_000
_TIMES = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{3}[ \t]+-->[ \t]+(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{3}")
_TAG = re.compile(r"<[^<>\n]{0,200}>")


class Cue(NamedTuple):
    """One line and the second at which it is said."""

    at: int
    text: str


class NoCues(ValueError):
    """There is no line in it."""


def read(text: str) -> list[Cue]:
    """
    The cues of a WebVTT file, without styles, notes and tags.

    :raises NoCues: if there is none.
    """
    found = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        place = next((n for n, line in enumerate(lines[:2]) if _TIMES.match(line)), None)
        if place is None:
            continue
        times = _TIMES.match(lines[place])
        said = html.unescape(_TAG.sub("", " ".join(line.strip() for line in lines[place + 1 :]))).strip()
        if times and said:
            found.append(Cue(int(times[1] or 0) * 3600 + int(times[2]) * 60 + int(times[3]), said[:1_000]))
    if not found or len(found) > MOST_CUES:
        raise NoCues
    return found
