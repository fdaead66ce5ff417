"""What every page's template may ask for."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from core.realtime.topics import open_topics
from core.ui.drawing import initial_of
from notifications.queries import unread_count

from .models import LegalText, School
from .queries import logo, school
from .rules import MAIL_HEIGHT, MAIL_WIDTH

# The light value of each accent in static/css/site.css: readers of mail know no tokens.
MAIL_COLORS = {
    School.Accent.PINE: "#17614f",
    School.Accent.SEAL: "#a2331b",
    School.Accent.GOLD: "#77560f",
    School.Accent.PLUM: "#5b3b6b",
    School.Accent.INDIGO: "#2f4a7a",
    School.Accent.MOSS: "#4f5719",
}


def page(request: HttpRequest) -> dict[str, Any]:
    """The school, the theme, what is unread, and where the socket is; each is asked for only when a template does."""
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    own = f"user:{user.pk}" if user is not None else ""
    return {
        "school": SimpleLazyObject(lambda: school() or School(name_zh="学园", name_en="Lyceum")),
        "address": _address(request),
        "in_languages": [(code, f"{settings.SITE_URL}{request.path}?lang={code}") for code, _ in settings.LANGUAGES],
        "site_url": settings.SITE_URL,
        "legal_texts": LegalText.Kind.choices,
        "theme": getattr(request, "theme", ""),
        "unread_count": unread_count(user=user) if is_known else 0,
        "live": {"port": settings.LIVE_PORT, "path": "/live/"},
        "own_topics": SimpleLazyObject(lambda: open_topics(own) if is_known else []),
        "demo": settings.IS_DEMO,
        **_demo(),
    }


def _address(request: HttpRequest) -> str:
    """The one address of this page: its path, and of the query only what makes it another page."""
    query = {name: request.GET[name] for name in ("lang", "page") if request.GET.get(name)}
    return f"{settings.SITE_URL}{request.path}{'?' if query else ''}{urlencode(query)}"


def _demo() -> dict[str, Any]:
    """What only a demo site has; nowhere else is its code even read."""
    if not settings.IS_DEMO:
        return {}
    from .demo.bar import ROLES
    from .demo.making import is_being_made

    return {"demo_roles": ROLES, "is_being_made": SimpleLazyObject(is_being_made)}


def school_in_mails(language: str) -> dict[str, Any]:
    """What the layout of mails says of the school, in the receiver's ``language``."""
    with translation.override(language):
        found = school() or School(name_zh="学园", name_en="Lyceum")
        color = MAIL_COLORS[School.Accent(found.accent)]
        return {
            "name": found.name, "tagline": found.tagline, "site_url": settings.SITE_URL, "mail_color": color,
            "initial": initial_of(found.name), **_logo_in_mails(found), "open_logo": lambda: logo(found),
        }  # fmt: skip


def _logo_in_mails(school: School) -> dict[str, Any]:
    """The logo's address, which changes with it, and its size; no reader of mail is asked to shrink it."""
    if not school.logo_key:
        return {"logo_url": ""}
    scale = min(MAIL_WIDTH / 2 / school.logo_width, MAIL_HEIGHT / 2 / school.logo_height)
    return {
        "logo_url": f"{settings.SITE_URL}{reverse('logo')}?{school.logo_key}",
        "logo_width": round(school.logo_width * scale), "logo_height": round(school.logo_height * scale),
    }  # fmt: skip
