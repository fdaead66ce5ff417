"""Language and theme for everybody, guests too, by plain forms and cookies."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import operations
from accounts.forms.settings import GuestPreferencesForm

YEAR = 365 * 24 * 3600


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """
    Remember language or theme in this browser, and for a member in their account, and go back.

    :raises BadRequest: if either is unknown.
    """
    form = GuestPreferencesForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    language = form.cleaned_data["language"] or None
    theme = form.cleaned_data["theme"] if "theme" in request.POST else None
    theme = "" if theme == "system" else theme
    if request.user.is_authenticated:
        operations.change_preferences(user=request.user, language=language, theme=theme)
    response = HttpResponseRedirect(_way_back(request))
    remember(response, language=language, theme=theme)
    return response


def remember(response: HttpResponse, *, language: str | None, theme: str | None) -> None:
    """Write both into the browser, so that the next page comes in them at once, logged in or not."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), ("theme", theme)):
        if value is not None:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
            )


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else "/"
