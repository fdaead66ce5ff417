"""Who lives in the sample school, and how a sample says a thing in the language of the page."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core.text import is_chinese

Sample = dict[str, Any]


def say(english: str, chinese: str) -> str:
    """Return the sample text in the language of the page."""
    return chinese if is_chinese() else english


def lang() -> str:
    """Return the language that the samples are written in."""
    return say("en", "zh-Hans")


def trusted(markup: str) -> SafeString:
    """Return markup of a sample, as the text pipeline would have made it."""
    return mark_safe(markup)  # noqa: S308 - written in this package


def earlier(**span: int) -> datetime:
    """Return a moment some minutes, hours or days ago."""
    return timezone.now() - timedelta(**span)


def one(english: str, chinese: str, note: tuple[str, str] = ("", "")) -> Sample:
    """Return a person."""
    return {"name": say(english, chinese), "url": "#", "picture_url": "", "note": say(*note) if note[0] else ""}


def lin() -> Sample:
    """Return the teacher of bookkeeping."""
    return one("Lin Zhiyuan", "林知远", ("teaches", "讲师"))


def yan() -> Sample:
    """Return the teacher of writing."""
    return one("Yan Chen", "陈砚", ("teaches", "讲师"))


def zhou() -> Sample:
    """Return the teacher of small shops."""
    return one("Zoe Farrow", "周禾", ("teaches", "讲师"))


def ruth() -> Sample:
    """Return who asks."""
    return one("Ruth Amsel", "何若水")


def tom() -> Sample:
    """Return who adds a thought."""
    return one("Tom Kessler", "唐牧")


def mei() -> Sample:
    """Return the viewer."""
    return one("Mei Lindqvist", "梅雨桐")
