"""What search engines and link previews ask for: what to read, where it stands, and a picture of it. All of it as a guest sees it."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.ui.pictures import draw_share_picture
from courses.models import Course, Lesson
from forum.models import Thread

from .models import LegalText
from .queries import logo, school

MOST = 45_000
"""A sitemap may hold 50,000 addresses; what is older than the newest of these is found by links."""
CLOSED = ("/account/", "/settings/", "/checkout/", "/orders/", "/studio/", "/notifications/", "/search/", "/feed/", "/me/", "/text/", "/live/")  # fmt: skip


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What is worth reading; the desk is not named, since its address is nobody's business."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return _shared(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"), seconds=3600)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that a guest may read, in both languages of the interface."""
    rows = "".join(_entry(path, changed) for path, changed in _pages())
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{rows}</urlset>\n'
    )
    return _shared(HttpResponse(xml, content_type="application/xml; charset=utf-8"), seconds=3600)


@require_safe
def picture(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The picture of a page that a guest may see."""
    return _drawn(request, _title_of(kind, pk))


@require_safe
def school_picture(request: HttpRequest) -> HttpResponse:
    """The picture of the school, for every page that has none of its own."""
    found = school()
    if found is None:
        raise Http404
    return _drawn(request, found.tagline or found.name)


def _title_of(kind: str, pk: int) -> str:
    guest = AnonymousUser()
    open_ones = {
        "course": Course.objects.open_to(guest),
        "lesson": _lessons(guest),
        "thread": Thread.objects.open_to(guest),
    }
    if kind not in open_ones:
        raise Http404
    return str(get_object_or_404(open_ones[kind], pk=pk).title)


def _drawn(request: HttpRequest, title: str) -> HttpResponse:
    found = school()
    name, key = (found.name, found.logo_key) if found else ("Lyceum", "")
    words = f"{title}\n{name}\n{key}"
    return kept_by(
        request, words, lambda: draw_share_picture(title=title, school=name, logo=logo(found) if found else b"")
    )


def kept_by(request: HttpRequest, words: str, draw: Callable[[], bytes]) -> HttpResponse:
    """The picture that ``draw`` makes of ``words``, unless the browser has it already; shared by everybody."""
    digest = hashlib.sha256(words.encode()).hexdigest()
    tag = f'"{digest[:24]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = HttpResponse(draw(), content_type="image/png", headers={"ETag": tag})
    # Shown on other sites: that is what it is for.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _shared(response, seconds=86_400)


def _pages() -> Iterator[tuple[str, Any]]:
    guest = AnonymousUser()
    for name in ("home", "courses:list", "forum:list"):
        yield reverse(name), None
    for kind in LegalText.objects.order_by("kind").values_list("kind", flat=True).distinct():
        yield reverse("legal", args=[kind]), None
    courses = Course.objects.open_to(guest).order_by("-published_at", "-pk")
    yield from ((course.get_absolute_url(), course.published_at) for course in courses[:MOST])
    lessons = _lessons(guest).select_related("course").order_by("-pk")[:MOST]
    yield from ((lesson.get_absolute_url(), lesson.updated_at) for lesson in lessons)
    threads = Thread.objects.open_to(guest).only("pk", "slug", "last_post_at").liveliest_first()
    yield from ((thread.get_absolute_url(), thread.last_post_at) for thread in threads[: MOST - 10_000])


def _lessons(viewer: Any) -> Any:
    return Lesson.objects.visible_to(viewer).filter(course__in=Course.objects.open_to(viewer).values("pk"))


def _entry(path: str, changed: Any) -> str:
    address = escape(f"{settings.SITE_URL}{path}")
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{address}?lang={code}"/>'
        for code, _ in settings.LANGUAGES
    )
    when = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
    return f"<url><loc>{address}</loc>{when}{others}</url>\n"


def _shared(response: HttpResponse, *, seconds: int) -> HttpResponse:
    # Proven anonymous: none of these looks at the session or at a cookie.
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response
