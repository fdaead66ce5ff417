"""Entering as somebody, and reading everybody's mail: demo settings only, where all of them are invented."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import entering, mailbox
from .bar import NEWCOMER

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Log in as the person of a role, without a password."""
    role = request.POST.get("role", "")
    try:
        user = entering.person(role=role, request=request)
    except entering.NobodyThere:
        messages.info(request, _("Nobody of that kind lives here yet. The demo world may still be in the making."))
        return redirect("home")
    logout(request)
    login(request, user, backend=BACKEND)
    # The desk asks when somebody last proved who they are: for invented people this click is that proof.
    record_authentication(request, user, method="demo")
    messages.info(request, _("You are %(name)s now. What to try stands above.") % {"name": user.name})
    return redirect("surveys:onboarding" if role == NEWCOMER else "home")


@require_safe
def read_mail(request: HttpRequest) -> HttpResponse:
    """The mails that this site would have sent."""
    return render(request, "demo/mailbox.html", {"mails": mailbox.newest()})


@require_safe
def enclosed(request: HttpRequest, mail: str, place: int) -> HttpResponse:
    """A file that went along with one of them."""
    found = mailbox.enclosed_in(name=mail, place=place)
    if found is None:
        raise Http404
    answer = HttpResponse(found.body, content_type=found.media_type)
    # Whatever it is, it is kept and not shown as a page of ours.
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    return answer
