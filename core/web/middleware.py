"""What every request passes on its way in and every response on its way out."""

import re
import time
import uuid
import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from core.events.publishing import request_id

from . import metrics, reports
from .headers import REPORT_PATH, always

Responder = Callable[[HttpRequest], HttpResponse]
_TEXT = {"application/json", "image/svg+xml", "application/manifest+json"}
_SANE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestId:
    """Gives the request an id, which its log lines, facts and error page carry, and its response returns."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
        request.id = offered if _SANE_ID.fullmatch(offered) else uuid.uuid4().hex  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class SecurityHeaders:
    """Adds the headers that Django has no setting for; a view may narrow or widen its own policy by setting it first."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in always().items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            # Deny by default: a page is personal until its view says otherwise.
            response.headers["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ("Cookie",))
        return response


class Packed(GZipMiddleware):
    """
    Packs what is text for whoever can unpack it: a page is a sixth of its size then.

    A few random bytes go along, so that the length of a page tells nobody what stands on it. What is small by its kind, or comes piece by
    piece, stays as it is.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return ``response``, packed or as it is."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or not (kind.startswith("text/") or kind in _TEXT):
            return response
        return super().process_response(request, response)


class PolicyReports:
    """
    Takes what browsers report about our content policy, and logs it.

    Browsers send no token with it, so it is answered here, before forged requests are looked for; nothing is changed
    by it, and it is limited by address.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return reports.take(request) if request.path == REPORT_PATH else self.get_response(request)


class Measured:
    """Counts requests and their seconds by view, for ``/metrics``."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        metrics.count(request, response, seconds=time.perf_counter() - started)
        return response


class Readable:
    """Answers an address with a NUL in it, which no database takes, as what it is: nonsense, and no fault of ours."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """
        Refuse it where errors have their page already.

        :raises BadRequest: if there is one.
        """
        values = (value for name, values in request.GET.lists() for value in (name, *values))
        if "\0" in request.path_info or any("\0" in value for value in values):
            raise BadRequest("There is a NUL in the address.")


class Preferences:
    """
    Switches on language, time zone and theme: the member's, else the guest's cookies, else what the browser asks for.

    No browser says where it is; a guest reads days and hours as the school does.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        wanted = request.GET.get("lang", "") or (user.language if user.is_authenticated else "")
        language = wanted if wanted in dict(settings.LANGUAGES) else translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        timezone.activate(zoneinfo.ZoneInfo(user.time_zone if user.is_authenticated else settings.SCHOOL_TIME_ZONE))
        theme = user.theme if user.is_authenticated else request.COOKIES.get("theme", "")
        request.theme = theme if theme in {"light", "dark"} else ""  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response
