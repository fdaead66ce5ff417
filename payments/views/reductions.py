"""What makes things cheaper, in the open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from payments import queries


@require_safe
def reductions(request: HttpRequest) -> HttpResponse:
    """Every reduction that holds now: how much, for what, for whom and until when."""
    return render(request, "payments/reductions.html", {"rules": queries.reductions_in_force()})
