"""Which version of each text a member agrees to; the roof registers those that the owner edits."""

from collections.abc import Callable

from .enums import Purpose

Version = Callable[[], str]
WRITTEN = "2026-11-23"
"""The day on which the sentences in ``templates/settings/privacy.html`` got their present wording."""

_versions: dict[str, Version] = {}


def register_version(purpose: str, version: Version) -> None:
    """Let ``version`` say which version of the text of ``purpose`` is in force."""
    _versions[Purpose(purpose)] = version


def version_of(purpose: str) -> str:
    """The version in force of the text of ``purpose``."""
    say = _versions.get(purpose)
    return say() if say else WRITTEN
