"""Telling the recommender what not to show."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from . import kinds, operations
from .models import Dismissal


@login_required
@require_POST
def dismiss(request: HttpRequest, item: str, reason: str) -> HttpResponse:
    """Not interested, or known already: in force in the next request."""
    if reason not in Dismissal.Reason.values or item not in kinds.load([item], viewer=request.user):
        raise Http404
    operations.dismiss(user=request.user, item=item, reason=reason)
    if request.htmx:
        return render(request, "recsys/dismissed.html", {"item": item})
    messages.success(request, _("You will not see that again."))
    return redirect("home")


@login_required
@require_POST
def undo(request: HttpRequest, item: str) -> HttpResponse:
    """Show it again after all."""
    operations.take_back_dismissal(user=request.user, item=item)
    return redirect("home")
