"""Who may open the desk, as the administration is called: staff, with a second factor, freshly logged in."""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache


class Desk(admin.AdminSite):
    """
    The administration, behind the site's own log-in and its rate limits.

    A session opens it for ``STAFF_SESSION_SECONDS`` after its last proof of identity, whatever the site's own sessions
    last; where ``STAFF_NEEDS_SECOND_FACTOR`` is set, only for those who have one.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this session may open the desk now."""
        return is_staff(request) and has_needed_factor(request) and is_fresh(request)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send whoever may not open the desk to what they lack."""
        wanted = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not is_staff(request):
            messages.error(request, _("The desk is for those who run the school."))
            return redirect("/")
        if not has_needed_factor(request):
            messages.warning(
                request, _("The desk asks for a second factor. Add a passkey or an authenticator app first.")
            )
            return redirect("mfa_index")
        if not is_fresh(request):
            return redirect_to_login(wanted, reverse("account_reauthenticate"))
        return redirect("admin:index")


def is_staff(request: HttpRequest) -> bool:
    """Whether the user is on the staff and active."""
    user = request.user
    return bool(user.is_authenticated and user.is_active and user.is_staff)


def has_needed_factor(request: HttpRequest) -> bool:
    """Whether the user has the second factor that staff need here."""
    return not settings.STAFF_NEEDS_SECOND_FACTOR or is_mfa_enabled(request.user)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the user proved who they are within the desk's own session age."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - max(record["at"] for record in records) < settings.STAFF_SESSION_SECONDS
