"""Doors that whole pages stand behind, and the way back from the log-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponse]


def is_owner(request: HttpRequest) -> bool:
    """Whether the school is the viewer's; also a condition for a place in the navigation."""
    return bool(getattr(getattr(request, "user", None), "is_superuser", False))


def for_the_owner(view: View) -> View:
    """Let nobody else know that there is such a page; guests are asked to log in."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if not is_owner(request):
            raise Http404
        return view(request, *args, **options)

    return guarded


class LogInFirst:
    """
    Leads whoever has to log in first back to the page on which they were.

    By itself Django leads back to what was asked for; an address that takes forms alone, or gives a part of a page, is no place to arrive at.
    A script is told to leave its page, since it would put the page to log in into it.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_part = request.headers.get("HX-Request") == "true"
        if (request.method in {"GET", "HEAD"} and not is_part) or not _leads_back_here(response, request):
            return response
        was_at = request.headers.get("HX-Current-URL" if is_part else "Referer", "")
        log_in = redirect_to_login(_within_the_site(was_at, request))
        return HttpResponseClientRedirect(log_in.url) if is_part else log_in


def _leads_back_here(response: HttpResponse, request: HttpRequest) -> bool:
    """Whether ``response`` asks to log in first and then to ask for the same again."""
    leads_to = response.headers.get("Location")
    return leads_to is not None and leads_to == redirect_to_login(request.get_full_path()).url


def _within_the_site(address: str, request: HttpRequest) -> str:
    """The page at ``address``, if it is one of ours; else the front page."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    page = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()
    # What begins with two slashes would be read as another site.
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "/"
