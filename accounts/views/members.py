"""Public profiles, and what members do with each other."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import operations, queries
from accounts.models import User

Act = Callable[..., None]
ACTS: dict[str, Act] = {
    "follow": operations.follow,
    "unfollow": operations.unfollow,
    "block": operations.block,
    "unblock": operations.unblock,
    "mute": operations.mute,
    "unmute": operations.unmute,
}


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """One member, as this viewer may see them."""
    member = _member(request, username)
    if member.username != username:
        return redirect(member, permanent=True)
    page = queries.profile_page(member=member, viewer=request.user)
    return render(request, "accounts/profile.html", {"page": page, "member": member})


@require_POST
@login_required
def act(request: HttpRequest, username: str, name: str) -> HttpResponse:
    """Follow, block or mute a member, or no longer."""
    member = _member(request, username)
    try:
        ACTS[name](member=member, by=request.user)
    except KeyError as unknown:
        raise Http404 from unknown
    except operations.NotWithYourself:
        messages.error(request, _("That works with others only."))
    except operations.ShutOut:
        messages.error(request, _("One of you blocks the other, so you cannot follow."))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(member)
    page = queries.profile_page(member=member, viewer=request.user)
    return render(request, "accounts/profile.html#acts", {"page": page, "member": member})


def _member(request: HttpRequest, username: str) -> User:
    return get_object_or_404(queries.members(viewer=request.user), username__iexact=username)
