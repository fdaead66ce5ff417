"""The first-run page and the checklist that follows it."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from community import queries as school_queries
from core.media import UploadRefused
from core.web.doors import for_the_owner

from . import operations, queries, tokens
from .forms import OpeningForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Ask what a new school is called and who owns it; only with the token, and only once."""
    if school_queries.school() is not None or not tokens.is_good(token):
        return render(request, "opening/closed.html", {"is_open": school_queries.school() is not None}, status=404)
    form = OpeningForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _open(request, form)
    return render(request, "opening/begin.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@for_the_owner
def checklist(request: HttpRequest) -> HttpResponse:
    """What is left to do; for the owner."""
    steps = queries.checklist()
    next_step = next((step for step in steps if not step.is_done and step.url), None)
    shown = {"steps": steps, "done": sum(step.is_done for step in steps), "next_step": next_step}
    return render(request, "opening/checklist.html", shown)


def _open(request: HttpRequest, form: OpeningForm) -> HttpResponse:
    said = form.cleaned_data
    owner = operations.Owner(name=said["name"], email=said["email"], password=said["password"])
    try:
        user = operations.open_school(
            owner=owner,
            name=said["school"],
            language=said["language"],
            currency=said["currency"],
            accent=said["accent"],
            logo=said["logo"],
        )
    except UploadRefused as refused:
        form.add_error("logo", refused)
        return render(request, "opening/begin.html", {"form": form}, status=422)
    except operations.AlreadyOpen:
        return render(request, "opening/closed.html", {"is_open": True}, status=404)
    login(request, user, backend=BACKEND)
    record_authentication(request, user, method="password")
    return redirect("opening:checklist")
