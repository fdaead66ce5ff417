"""Who may open the socket: pages of ours, of whoever is logged in by the session cookie, or of a guest."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import WebsocketDenier
from django.conf import settings


def Handshake(application: Any) -> Any:  # noqa: N802 - stands where a class would
    """``application`` behind the exact list of origins and the session's user."""
    return KnownOrigins(AuthMiddlewareStack(application))


class KnownOrigins:
    """
    Lets in what comes from an origin on the list, letter for letter.

    Nothing is parsed: a browser writes an origin in one way only, and what cannot be taken apart must not end in an error.
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self._refuse = WebsocketDenier()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Hand on the handshake, or answer it with 403."""
        given = [value for name, value in scope["headers"] if name == b"origin"]
        is_known = len(given) == 1 and given[0] in {origin.encode() for origin in settings.LIVE_ORIGINS}
        return await (self._application if is_known else self._refuse)(scope, receive, send)
