"""
What becomes of what people write: pages keep a draft on the device, and are told here that it has been accepted.

A form that is sent carries the name of its draft; the answer to one that was taken carries it back in a cookie, which the
next page reads. So a draft is forgotten once it is safe, and not before: neither a lost line nor a page of trouble, nor
the way to the log-in, counts as having been taken.
"""

import re
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import resolve_url

FIELD = "draft"
LIFE = 24 * 3600
MOST_TEXTS, SHORTEST = 5, 12
"""A page of trouble shows the longest fields again; what is shorter is typed again faster than it is copied."""
_NAME = re.compile(r"[a-z0-9-]{8,40}")
_NOT_SHOWN = re.compile(r"token|passw|secret|code|otp|credential|^next$|^draft$", re.IGNORECASE)


class AcceptedDrafts:
    """Says by a cookie which draft has been taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_taken(request, response) and _NAME.fullmatch(name := request.POST.get(FIELD, "")):
            secure = settings.SESSION_COOKIE_SECURE
            cookie = "__Host-draft" if secure else "draft"
            response.set_cookie(cookie, name, max_age=LIFE, samesite="Lax", secure=secure)
        return response


def typed(request: HttpRequest) -> list[str]:
    """
    The longer texts of a form that went wrong, to be shown again; none where it cannot be read, or came from elsewhere.

    Whoever calls has looked at where it came from.
    """
    try:
        fields = list(_longer(request))
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, UnreadablePostError):
        return []
    return sorted(fields, key=len, reverse=True)[:MOST_TEXTS]


def _longer(request: HttpRequest) -> Iterator[str]:
    for name, values in request.POST.lists():
        if not _NOT_SHOWN.search(name):
            yield from (str(value) for value in values if len(str(value)) >= SHORTEST)


def _is_taken(request: HttpRequest, response: HttpResponse) -> bool:
    """Only by a redirection, and not to where one shows who one is: what was written waits until one is back."""
    if request.method != "POST" or response.status_code not in {302, 303}:
        return False
    entrance = resolve_url(settings.LOGIN_URL).rstrip("/").rpartition("/")[0]
    return not response.headers["Location"].startswith(f"{entrance}/")
