"""The pages for what went wrong; 500 and 503 need neither database, cache nor context processors."""

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils import translation
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from .drafts import typed

_in_words: dict[str, Promise] = {}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be understood, or that holds more than is taken."""
    if isinstance(exception, (RequestDataTooBig, TooManyFilesSent)):
        return too_large(request)
    return _framed(request, name="errors/400.html", status=400)


def put_into_words(refusal: str, words: Promise) -> None:
    """Let a refusal that a library writes in plain English be told in ``words``, which are a reader's own language."""
    _in_words[refusal] = words


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request for something that this viewer may not do; an exception with a message says why."""
    reason = str(exception or "")
    return _framed(request, name="errors/403.html", status=403, reason=_in_words.get(reason, reason))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or too old; for the setting ``CSRF_FAILURE_VIEW``."""
    return _framed(request, name="errors/csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, or to something this viewer must not know of."""
    return _framed(request, name="errors/404.html", status=404)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer an upload that is larger than allowed."""
    return _framed(request, name="errors/413.html", status=413)


def too_many(request: HttpRequest, *, retry_after: int) -> HttpResponse:
    """Answer somebody who asks too often; ``retry_after`` is in seconds."""
    response = _framed(request, name="errors/429.html", status=429, retry_after=retry_after)
    response.headers["Retry-After"] = str(retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when our own code has failed, or when the database is gone or too busy, which is nobody's fault."""
    # Django calls this while the exception is being dealt with, and hands it to nobody.
    if isinstance(sys.exc_info()[1], (InterfaceError, OperationalError)):
        return unavailable(request, retry_after=5)
    return _standalone(request, name="errors/500.html", status=500)


def unavailable(request: HttpRequest, *, retry_after: int = 60) -> HttpResponse:
    """Answer while the site is being worked on."""
    response = _standalone(request, name="errors/503.html", status=503)
    response.headers["Retry-After"] = str(retry_after)
    return response


def offline(request: HttpRequest) -> HttpResponse:
    """Show what the service worker keeps for times without a network."""
    return _standalone(request, name="errors/offline.html", status=200)


def _framed(request: HttpRequest, *, name: str, status: int, **words: Any) -> HttpResponse:
    return render(request, name, {**_kept(request), **words}, status=status)


def _kept(request: HttpRequest) -> dict[str, Any]:
    """Where to go back to, and what was written: only what came from a page of ours is shown again."""
    way_back = _way_back(request)
    return {"way_back": way_back, "is_sent": request.method == "POST", "typed": typed(request) if way_back else []}


def _way_back(request: HttpRequest) -> str:
    """
    The page that a form was sent from, where its draft is waiting; empty for what was only asked for.

    The address of the form itself often takes nothing but a form: "try again" must not lead there.
    """
    came_from = request.headers.get("Referer", "")
    # The host is not looked at twice: if it is none of ours, that may be the very fault that this page tells of.
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.headers.get("Host", "")} - {""})
    return came_from if request.method == "POST" and is_ours else ""


def _standalone(request: HttpRequest, *, name: str, status: int) -> HttpResponse:
    # Without a request no context processor runs, so that a broken database cannot break the page that says so. What
    # failed may have been the very question which language this member reads.
    language = getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request)
    context = {
        "theme": request.COOKIES.get("theme", ""), "request_id": getattr(request, "id", ""), **_kept(request),
    }  # fmt: skip
    with translation.override(language):
        response = HttpResponse(loader.render_to_string(name, context), status=status)
    response.headers["Content-Language"] = language
    return response
