"""What every page's template may ask for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from core.realtime.topics import open_topics
from notifications.queries import unread_count

from .models import School


def page(request: HttpRequest) -> dict[str, Any]:
    """The school, the theme, what is unread, and where the socket is; each is asked for only when a template does."""
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    own = f"user:{user.pk}" if user is not None else ""
    return {
        "school": SimpleLazyObject(lambda: School.objects.first() or School(name_zh="学园", name_en="Lyceum")),
        "theme": getattr(request, "theme", ""),
        "unread_count": unread_count(user=user) if is_known else 0,
        "live": {"port": settings.LIVE_PORT, "path": "/live/"},
        "own_topics": SimpleLazyObject(lambda: open_topics(own) if is_known else []),
        "demo": settings.IS_DEMO,
        **_demo(),
    }


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
        school = School.objects.first() or School(name_zh="学园", name_en="Lyceum")
        return {"name": school.name, "tagline": school.tagline, "site_url": settings.SITE_URL}
