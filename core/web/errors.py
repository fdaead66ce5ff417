"""The pages for what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token is missing or old; what was typed is still in the form behind the back button."""
    return render(request, "errors/csrf.html", status=403)
