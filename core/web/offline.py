"""What browsers keep for times without a network: one page, and the worker that shows it."""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from . import errors

WORKER = "offline-worker.js"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the page that the worker keeps."""
    return errors.offline(request)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """
    Send the worker.

    It stands at the root and not under ``/static/``, since a worker answers only for addresses below its own.
    """
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache
def _script() -> bytes:
    return Path(str(finders.find(WORKER))).read_bytes()
