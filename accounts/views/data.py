"""A copy of everything, and leaving: both ask once more who it is."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.privacy import operations, queries

from . import MemberRequest


@require_safe
@login_required
def page(request: MemberRequest) -> HttpResponse:
    """What may be asked for, and what has been."""
    context = {"copy": queries.newest_export(request.user), "leaving": queries.open_erasure(request.user)}
    return render(request, "settings/data.html", context)


@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def ask_for_copy(request: MemberRequest) -> HttpResponse:
    """Have a copy made."""
    operations.ask_for_export(by=request.user)
    messages.success(request, _("Your copy is being made. It appears here, mostly within a minute."))
    return redirect("settings:data")


@require_safe
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def copy(request: MemberRequest, pk: int) -> FileResponse:
    """
    The copy, while it is kept, for its owner.

    :raises Http404: if there is none, or no longer, or it is somebody else's.
    """
    found = queries.fetchable_export(request.user, pk)
    if found is None:
        raise Http404
    name = f"lyceum-{request.user.username}-{localdate():%Y-%m-%d}.zip"
    return FileResponse((operations.folder() / found.file_name).open("rb"), as_attachment=True, filename=name)


@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def leave(request: MemberRequest) -> HttpResponse:
    """Ask to be forgotten in 14 days."""
    wish = operations.ask_for_erasure(by=request.user)
    day = date_format(localdate(wish.due_at), "DATE_FORMAT")
    messages.success(
        request, _("Your account closes on %(day)s. Until then you can change your mind here.") % {"day": day}
    )
    return redirect("settings:data")


@require_POST
@login_required
def stay(request: MemberRequest) -> HttpResponse:
    """Think better of it."""
    if operations.withdraw_erasure(by=request.user):
        messages.success(request, _("Good that you stay. Everything is as it was."))
    return redirect("settings:data")
