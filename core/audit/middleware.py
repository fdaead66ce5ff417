"""Where a request comes from, for whoever records what it did."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.web.addresses import client_address

from .recording import client_address as noted


class NoteAddress:
    """Notes the client's address for the audit log; only as many proxies are believed as are configured."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = noted.set(client_address(request)[:45])
        try:
            return self.get_response(request)
        finally:
            noted.reset(token)
