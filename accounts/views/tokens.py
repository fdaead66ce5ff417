"""Tokens for programs: made, listed, ended; the secret is shown once."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.tokens import TokenForm
from core.web import api_tokens
from core.web.models import ApiToken

from . import MemberRequest
from .settings import require_form


@require_form
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def tokens(request: MemberRequest) -> HttpResponse:
    """The tokens of a member, and a form for another."""
    form = TokenForm(request.POST if request.method == "POST" else None, user=request.user)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _token, secret = api_tokens.issue(user=request.user, **form.cleaned_data)
        form = TokenForm(user=request.user)
    # Not redirected: kept anywhere until the next page, the secret would be stored, which it never is.
    return render(request, "settings/tokens.html", {"form": form, "secret": secret, "tokens": _open_tokens(request)})


@require_POST
@login_required
def end_token(request: MemberRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    api_tokens.revoke(token=get_object_or_404(ApiToken, user=request.user, pk=pk))
    messages.success(request, _("That token opens nothing any more."))
    return redirect("settings:tokens")


def _open_tokens(request: MemberRequest) -> list[dict[str, object]]:
    return [
        {"token": token, "scopes": [str(api_tokens.scopes.get(scope, scope)) for scope in token.scopes]}
        for token in api_tokens.open_tokens(request.user)
    ]
