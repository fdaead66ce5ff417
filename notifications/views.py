"""The list of what one was told."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import operations, queries, shapes, tokens
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
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        preferences=queries.mail_preferences(user=request.user),
        wants_digest=queries.wants_digest(request.user),
    )
    if request.method == "POST" and form.is_valid():
        operations.want_digest(user=request.user, is_wanted=form.cleaned_data["digest"])
        for kind in Kind:
            if kind in form.fields:
                operations.set_mail(user=request.user, kind=kind, is_wanted=form.cleaned_data[kind])
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def no_digest(request: HttpRequest, token: str) -> HttpResponse:
    """End the digests of whoever got the mail with this link; by a button, since mail programs open links by themselves."""
    user = tokens.user_of(token)
    if user is None:
        raise Http404
    if request.method == "POST":
        operations.want_digest(user=user, is_wanted=False)
    return render(request, "notifications/no_digest.html", {"is_wanted": queries.wants_digest(user)})


class PreferencesForm(forms.Form):
    """The letter of the week, and one switch for each kind that can be switched off."""

    def __init__(
        self, *args: object, preferences: list[tuple[Kind, bool]], wants_digest: bool, **options: object
    ) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["digest"] = forms.BooleanField(
            label=_("Once a week: what is for me, and why"), required=False, initial=wants_digest
        )
        for kind, is_on in preferences:
            if kind not in operations.MUST_ARRIVE:
                self.fields[kind.value] = forms.BooleanField(label=kind.label, required=False, initial=is_on)
