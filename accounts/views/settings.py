"""The pages under ``/settings/`` that belong to this room."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operations, queries
from accounts.enums import MessagesFrom
from accounts.forms.face import FaceForm
from accounts.forms.settings import ASKED, PreferencesForm, PrivacyForm, ProfileForm
from accounts.models import User
from core.media import UploadRefused

from . import MemberRequest
from .preferences import remember

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def index(request: MemberRequest) -> HttpResponse:
    """The first page of the settings."""
    return redirect("settings:profile")


@require_form
@login_required
def profile(request: MemberRequest) -> HttpResponse:
    """Name, handle, a few sentences."""
    # The form may hold a name that is refused, and the page's own menu must not show it: it works on a copy.
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, user=user, initial=_profile_of(user))
    if request.method == "POST" and form.is_valid():
        operations.change_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("settings:profile")
    return render(request, "settings/profile.html", {"form": form, "face": FaceForm(), "member": user})


@require_POST
@login_required
def face(request: MemberRequest) -> HttpResponse:
    """Another picture; what is wrong with it is said beside it."""
    user = User.objects.get(pk=request.user.pk)
    form = FaceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            operations.change_face(user=user, file=form.cleaned_data["picture"], crop=form.crop)
        except UploadRefused as refused:
            form.add_error("picture", str(refused))
        else:
            messages.success(request, _("Your picture is saved."))
            return redirect("settings:profile")
    context = {"form": ProfileForm(user=user, initial=_profile_of(user)), "face": form, "member": user}
    return render(request, "settings/profile.html", context, status=422)


@require_POST
@login_required
def remove_face(request: MemberRequest) -> HttpResponse:
    """Back to the drawn face."""
    operations.remove_face(user=User.objects.get(pk=request.user.pk))
    messages.success(request, _("Your picture is gone."))
    return redirect("settings:profile")


@require_safe
@login_required
def security(request: MemberRequest) -> HttpResponse:
    """Address, password, second factors, devices, other sites: each with its page."""
    factors = Authenticator.objects.filter(user=request.user)
    context = {
        "address": EmailAddress.objects.get_primary(request.user),
        "waiting_address": EmailAddress.objects.get_new(request.user),
        "app": factors.filter(type=Authenticator.Type.TOTP).first(),
        "passkeys": factors.filter(type=Authenticator.Type.WEBAUTHN).count(),
        "codes": factors.filter(type=Authenticator.Type.RECOVERY_CODES).first(),
        "sessions": UserSession.objects.filter(user=request.user).count(),
    }
    return render(request, "settings/security.html", context)


@require_form
@login_required
def preferences(request: MemberRequest) -> HttpResponse:
    """Language, languages read, time zone, appearance."""
    user = User.objects.get(pk=request.user.pk)
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=_preferences_of(user))
    if request.method == "POST" and form.is_valid():
        operations.change_preferences(user=user, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Saved. The pages now come as you want them."))
        response = redirect("settings:preferences")
        remember(response, language=form.cleaned_data["language"], theme=form.cleaned_data["theme"])
        return response
    return render(request, "settings/preferences.html", {"form": form})


@require_form
@login_required
def privacy(request: MemberRequest) -> HttpResponse:
    """Who sees what, and what may be done with what is known."""
    consents = {purpose: queries.has_consented(user=request.user, purpose=purpose) for purpose in ASKED}
    initial = PrivacyForm.initial_for(profile=queries.profile_of(request.user), consents=consents)
    form = PrivacyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.change_privacy(
            user=request.user,
            visibility=form.visibility,
            messages_from=MessagesFrom(form.cleaned_data["messages_from"]),
            consents=form.consents,
        )
        messages.success(request, _("Your choices are saved and hold from now on."))
        return redirect("settings:privacy")
    return render(request, "settings/privacy.html", {"form": form, "shut_out": queries.shut_out_by(request.user)})


@require_POST
@login_required
def end_session(request: MemberRequest, pk: int) -> HttpResponse:
    """Log out one device."""
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    operations.end_session(session=session, by=request.user)
    messages.success(request, _("That device is logged out."))
    return redirect("usersessions_list")


def _profile_of(user: User) -> dict[str, object]:
    topics = queries.followed_topics(user)
    return {"name": user.name, "username": user.username, "bio": queries.profile_of(user).bio, "topics": topics}


def _preferences_of(user: User) -> dict[str, object]:
    return {
        "language": user.language,
        "languages_read": user.reads,
        "time_zone": user.time_zone,
        "theme": user.theme,
    }
