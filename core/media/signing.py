"""Links for one viewer and one file."""

from typing import Any

from django.core import signing

LIFE_SECONDS = 300
_SALT = "core.media"


def token(*, asset: Any, viewer: Any) -> str:
    """What says, for the next minutes, that ``viewer`` asks for ``asset``."""
    return signing.dumps([asset.key, viewer.pk or 0], salt=_SALT)


def read(text: str) -> tuple[str, int] | None:
    """The key of the file and the number of the viewer (0 for a guest), or None when the link is forged or too old."""
    try:
        key, viewer_id = signing.loads(text, salt=_SALT, max_age=LIFE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(key), int(viewer_id)
