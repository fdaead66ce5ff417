"""Handles: how they look, and which one a name suggests."""

import re
import unicodedata

from core.text.names import is_reserved

LONGEST_HANDLE = 30
ROOM_FOR_A_TAIL = 5
HANDLE = re.compile(r"[a-z0-9][a-z0-9_-]{1,29}")
HAN = re.compile(r"[\u3400-\u9fff]")


def handle_from(name: str) -> str:
    """The handle that ``name`` suggests: pinyin for Chinese, plain letters for the rest; "member" when nothing is left."""
    # Its table of phrases takes a second to load, and one process in six ever asks for it.
    from pypinyin import lazy_pinyin

    is_chinese = HAN.search(name) is not None
    letters = " ".join(lazy_pinyin(name)) if is_chinese else name
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"[^a-z0-9]+", "" if is_chinese else "-", plain).strip("-")
    handle = joined[: LONGEST_HANDLE - ROOM_FOR_A_TAIL].strip("-")
    return handle if HANDLE.fullmatch(handle) and not is_reserved(handle) else "member"
