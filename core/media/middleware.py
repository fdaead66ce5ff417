"""Files come from an origin of their own, and nothing else does."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect

Responder = Callable[[HttpRequest], HttpResponse]
MACHINE = frozenset({"/healthz", "/readyz", "/metrics"})


class FilesApart:
    """
    Where ``MEDIA_ORIGIN`` is set, sends files from it and pages from elsewhere; whoever opens a page there is led to the site.

    A page opened on the origin of files would give what somebody uploaded a session to act with.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.MEDIA_ORIGIN and request.path not in MACHINE:
            is_apart = request.get_host() == urlsplit(settings.MEDIA_ORIGIN).netloc
            if is_apart and request.method in {"GET", "HEAD"} and not _is_file(request.path):
                # Somebody typed the other name of this machine.
                return HttpResponseRedirect(settings.SITE_URL + request.get_full_path())
            if is_apart != _is_file(request.path):
                return HttpResponseNotFound()
        return self.get_response(request)


def _is_file(path: str) -> bool:
    inner = path.removeprefix(settings.MEDIA_URL)
    # ``of/…`` reads the session, and ``upload/…`` writes for it: both belong to the site.
    return inner != path and not inner.startswith(("of/", "upload/"))
