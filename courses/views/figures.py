"""Drawings of lessons."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from courses import queries
from courses.models import Course, Figure


@require_safe
def figure(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A drawing, as a picture that can do nothing even when it is opened by itself; as open as the lessons that show it."""
    courses = Course.objects.open_to(request.user).values("pk")
    drawings = Figure.objects.select_related("course").filter(course__in=courses)
    found = get_object_or_404(drawings, pk=pk, digest=digest)
    if not queries.may_see(figure=found, viewer=request.user):
        raise Http404
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    return HttpResponse(found.svg, content_type="image/svg+xml", headers=headers)
