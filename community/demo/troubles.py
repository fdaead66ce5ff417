"""The pages of trouble, to be looked at while nothing is wrong."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.web import errors

ASKED: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "403": errors.permission_denied,
    "404": errors.page_not_found,
}
"""What somebody meets who only wanted to see a page."""
SENT: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "400": errors.bad_request,
    "csrf": errors.csrf_failure,
    "413": errors.too_large,
    "429": partial(errors.too_many, retry_after=40),
    "500": errors.server_error,
    "503": errors.unavailable,
}
"""What somebody meets who has sent a form, with what they wrote."""
NAMES = [*ASKED, *SENT]


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """
    Show a page of trouble as whoever has it sees it; its status is that of a page, since nothing is wrong.

    :raises Http404: if there is no such trouble.
    """
    if name not in NAMES:
        raise Http404
    answer = SENT[name](_as_if_sent(request)) if name in SENT else ASKED[name](request)
    answer.status_code = 200
    return answer


def _as_if_sent(request: HttpRequest) -> HttpRequest:
    request.method = "POST"
    request.META["HTTP_REFERER"] = request.build_absolute_uri(reverse("forum:ask"))
    # Read by then, and kept as they were.
    request.__dict__.pop("headers", None)
    said = QueryDict(mutable=True)
    said["body"] = _("Why does the second refund count twice? I have looked at the ledger and found both entries.")
    request.POST = said  # type: ignore[assignment]
    return request
