"""The preview beside an editor: the very code that will render what is posted."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as page
from django.views.decorators.http import require_POST

from core.web.limits import limited

from . import LESSON, POST, TextRefused, render

KINDS = {"post": POST, "lesson": LESSON}


@require_POST
@login_required
@limited(scope="preview", rate="60/m")
def preview(request: HttpRequest) -> HttpResponse:
    """Show ``source`` as it would look when posted (``kind`` is ``post`` or ``lesson``), or why it would be refused."""
    limits = KINDS.get(request.POST.get("kind", ""), POST)
    try:
        rendered = render(request.POST.get("source", ""), limits=limits)
    except TextRefused as refused:
        return page(request, "text/preview.html", {"refusal": refused.messages[0]}, status=422)
    return page(request, "text/preview.html", {"rendered": rendered})
