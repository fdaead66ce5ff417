"""The list of what one was told."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import operations, queries, shapes
from .models import Kind, Notification


@login_required
@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """Everything I was told, the youngest first."""
    page = queries.page_of(user=request.user, page=request.GET.get("page", 1))
    rows = [found for one in page if (found := shapes.row(one)) is not None]
    return render(request, "notifications/list.html", {"page": page, "rows": rows})


@login_required
@require_safe
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what a notification is about; it counts as read from then on."""
    one = get_object_or_404(Notification.objects.filter(user=request.user), pk=pk)
    operations.mark_read(user=request.user, notification_id=one.pk)
    queries.attach_subjects([one], viewer=request.user)
    return redirect(shapes.address(one))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    operations.mark_read(user=request.user)
    return redirect("notifications:list")


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """What I want mails about."""
    form = PreferencesForm(request.POST or None, preferences=queries.mail_preferences(user=request.user))
    if request.method == "POST" and form.is_valid():
        for kind in Kind:
            if kind in form.fields:
                operations.set_mail(user=request.user, kind=kind, is_wanted=form.cleaned_data[kind])
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})


class PreferencesForm(forms.Form):
    """One switch for each kind that can be switched off."""

    def __init__(self, *args: object, preferences: list[tuple[Kind, bool]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        for kind, is_on in preferences:
            if kind not in operations.MUST_ARRIVE:
                self.fields[kind.value] = forms.BooleanField(label=kind.label, required=False, initial=is_on)
