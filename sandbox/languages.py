"""Which language a person reads, and the words of the hosted pages in it."""

import gettext
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "简体中文"}
HTML_LANGUAGES = {"en": "en", "zh": "zh-Hans"}
CATALOG = Path(__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "sandbox.po"

_LINE = re.compile(r'(?:(msgid|msgstr) )?(".*")')
_RANGE = re.compile(r"([A-Za-z]{1,8})[A-Za-z0-9-]*(?:\s*;\s*q=([01](?:\.[0-9]{0,3})?))?")


class Words(gettext.NullTranslations):
    """
    The pages' words in one language, English where a catalog has none.

    Read from the text catalog itself: compiled ones are not kept in the repository, and this process has no build step.
    """

    def __init__(self, language: str, catalog: Mapping[str, str]) -> None:
        super().__init__()
        self.language, self._catalog = language, catalog

    def gettext(self, message: str) -> str:
        return self._catalog.get(message) or message


@cache
def words(language: str) -> Words:
    return Words(language, dict(read_catalog(CATALOG.read_text("utf-8"))) if language == "zh" else {})


def chosen(*, asked: str | None, accepted: str) -> str:
    """Give the language asked for by name, else the best one of an Accept-Language header, else English."""
    if asked in LANGUAGES:
        return asked
    wishes = [_wish(part) for part in accepted[:500].split(",")]
    known = [(weight, language) for weight, language in wishes if language in LANGUAGES and weight > 0]
    # `max` keeps the first of equals, which is the one the browser put first.
    return max(known, key=lambda wish: wish[0], default=(1.0, "en"))[1]


def read_catalog(text: str) -> Iterator[tuple[str, str]]:
    """Give message and translation of each entry; of the format only what is used here: no plurals, no contexts."""
    for block in re.split(r"\n\s*\n", text):
        entry = {"msgid": "", "msgstr": ""}
        field = "msgid"
        for found in filter(None, map(_LINE.fullmatch, block.splitlines())):
            field = found[1] or field
            entry[field] += json.loads(found[2])
        if entry["msgid"]:
            yield entry["msgid"], entry["msgstr"]


def _wish(part: str) -> tuple[float, str]:
    found = _RANGE.fullmatch(part.strip())
    return (float(found[2] or 1), found[1].lower()) if found else (0.0, "")
