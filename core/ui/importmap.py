"""The one inline element of a page: the import map, allowed by its hash."""

import base64
import hashlib
import json
from functools import cache


@cache
def import_map() -> str:
    """The import map as text."""
    return json.dumps({"imports": {}}, separators=(",", ":"))


def import_map_hash() -> str:
    """The base64 SHA-256 of the import map's text, as ``script-src`` takes it."""
    return base64.b64encode(hashlib.sha256(import_map().encode()).digest()).decode()
