"""Where a request comes from, for whoever records what it did."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .recording import client_address


class NoteAddress:
    """Notes the client's address for the audit log; only as many proxies are believed as are configured."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = client_address.set(_address(request)[:45])
        try:
            return self.get_response(request)
        finally:
            client_address.reset(token)


def _address(request: HttpRequest) -> str:
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return hops[-settings.TRUSTED_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))
