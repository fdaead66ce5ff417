"""Who may open the socket: known origins, logged in by the session cookie or a guest."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import OriginValidator
from django.conf import settings


def Handshake(application: Any) -> Any:  # noqa: N802 - stands where a class would
    """``application`` behind the exact list of origins and the session's user."""
    return OriginValidator(AuthMiddlewareStack(application), settings.LIVE_ORIGINS)
