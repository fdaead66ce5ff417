"""Coming from another site: the person confirms name and address, and an address alone never joins an account."""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Our answers to allauth's questions about other sites."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _("This address has an account here. Log in to it, then connect the two in your settings."),
        "invalid_token": _("The other site did not confirm who you are. Please try again."),
        "no_password": _("Set a password first: otherwise you could not log in any more."),
        "no_verified_email": _("Verify your address first: otherwise you could not log in any more."),
        "disconnect_last": _("This is your only way to log in. Set a password or add a passkey first."),
        "connected_other": _("That account is connected to another member."),
    }

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Suggest a name from what the other site tells; the person may change it."""
        user: User = super().populate_user(request, sociallogin, data)
        full = data.get("name") or " ".join(filter(None, [data.get("first_name"), data.get("last_name")]))
        user.name = str(full or data.get("username") or "")[:60]
        user.username = ""
        return user

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        """What the sign-up form already knows."""
        initial: dict[str, Any] = super().get_signup_form_initial_data(sociallogin)
        return {**initial, "name": sociallogin.user.name}

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: the person sees what is saved before it is, and agrees to the terms."""
        return False
