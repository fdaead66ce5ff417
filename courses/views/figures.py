"""Drawings of lessons."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from courses.models import Course, Figure


@require_safe
def figure(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A drawing, as a picture that can do nothing even when it is opened by itself."""
    found = get_object_or_404(
        Figure.objects.filter(course__in=Course.objects.open_to(request.user).values("pk")), pk=pk, digest=digest
    )
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    return HttpResponse(found.svg, content_type="image/svg+xml", headers=headers)
