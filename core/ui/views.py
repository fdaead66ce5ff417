"""The switches for theme and language, and the styleguide that shows every component."""

import base64
import hashlib
import re

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.ui import samples
from core.web.mail import school

THEMES = ("", "light", "dark")
THEME_COOKIE = "theme"
YEAR = 365 * 24 * 3600


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """
    Remember the theme, in this browser and for the member, and go back to the page that asked.

    :raises BadRequest: if the theme is unknown.
    """
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise BadRequest
    return _remember(request, cookie=THEME_COOKIE, field="theme", value=theme)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """
    Remember the language, in this browser and for the member, and go back to the page that asked.

    :raises BadRequest: if the site does not speak it.
    """
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest
    translation.activate(language)
    return _remember(request, cookie=settings.LANGUAGE_COOKIE_NAME, field="language", value=language)


def _remember(request: HttpRequest, *, cookie: str, field: str, value: str) -> HttpResponse:
    if request.user.is_authenticated:
        setattr(request.user, field, value)
        request.user.save(update_fields=[field])
    response = HttpResponseRedirect(_way_back(request))
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else "/"


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component with realistic content in the language of the page."""
    return render(request, "styleguide/components.html", samples.components())


@require_safe
def sample_mail(request: HttpRequest) -> HttpResponse:
    """Show the frame of every mail; the style sheet in its head is let through by its hash, and nothing else is."""
    action = {"action_url": request.build_absolute_uri("/"), "action_label": _("Read the first lesson")}
    language = translation.get_language()
    shown = render_to_string("styleguide/mail.html", {"school": school(language), "language": language, **action})
    response = HttpResponse(shown)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {' '.join(_hashes(shown))}; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def _hashes(page: str) -> list[str]:
    sheets = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets]


@require_safe
def reference_page(request: HttpRequest, name: str) -> HttpResponse:
    """
    Show the reference template of one family of pages.

    :raises Http404: if there is no family of this name.
    """
    if name not in samples.PAGES:
        raise Http404
    return render(request, f"reference/{name}.html", samples.page(name=name))
