"""The school's sign as PNG, for those who cannot show what was uploaded: tabs, home screens, readers of mail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.ui.pictures import draw_icon, fitted_png

from . import queries
from .crawlers import kept_by
from .rules import MAIL_HEIGHT, MAIL_WIDTH

SIZES = (180, 192)


@require_safe
def icon(request: HttpRequest, size: int) -> HttpResponse:
    """The icon of the tab and of the home screen: the logo, or the first letter of the name."""
    found = queries.school()
    if size not in SIZES:
        raise Http404
    name, key = (found.name, found.logo_key) if found else ("Lyceum", "")
    return kept_by(
        request,
        f"{name} {key} {size}",
        lambda: draw_icon(school=name, size=size, logo=queries.logo(found) if found else b""),
    )


@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """The logo, small enough for a letter."""
    found = queries.school()
    picture = queries.logo(found) if found else b""
    if not found or not picture:
        raise Http404
    return kept_by(request, found.logo_key, lambda: fitted_png(picture, width=MAIL_WIDTH, height=MAIL_HEIGHT))
