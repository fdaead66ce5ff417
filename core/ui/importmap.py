"""The one inline element of a page: the import map, allowed by its hash."""

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache

from django.contrib.staticfiles import finders
from django.templatetags.static import static

FOLDER = "js/"


@cache
def import_map() -> str:
    """
    Write the map of every module under ``js/``: "elements/relative-time" stands for its hashed address.

    It is made once per process; ``import_map.cache_clear()`` forgets it.
    """
    imports = {name.removeprefix(FOLDER).removesuffix(".js"): static(name) for name in sorted(_module_names())}
    return json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")


def import_map_hash() -> str:
    """Return the base64 SHA-256 of the import map's text, as ``script-src`` takes it."""
    return base64.b64encode(hashlib.sha256(import_map().encode()).digest()).decode()


def _module_names() -> Iterator[str]:
    for finder in finders.get_finders():
        for name, _storage in finder.list([]):
            if name.startswith(FOLDER) and name.endswith(".js"):
                yield name
