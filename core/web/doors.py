"""Doors that whole pages stand behind."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def is_owner(request: HttpRequest) -> bool:
    """Whether the school is the viewer's; also a condition for a place in the navigation."""
    return bool(getattr(getattr(request, "user", None), "is_superuser", False))


def for_the_owner(view: View) -> View:
    """Let nobody else know that there is such a page; guests are asked to log in."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if not is_owner(request):
            raise Http404
        return view(request, *args, **options)

    return guarded
