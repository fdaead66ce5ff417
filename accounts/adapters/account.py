"""How allauth saves people, speaks, writes mails and decides where to go next."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts import letters, operations
from accounts.models import User
from accounts.sentences import SENTENCES


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our answers to allauth's questions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account has been closed."),
        "duplicate_email": _("That is your address already."),
        "email_password_mismatch": _("This address and this password do not belong together."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right, or no longer. Codes change every 30 seconds."),
        "incorrect_password": _("This is not your password."),
        "invalid_or_expired_key": _("This link has been used or is too old."),
        "invalid_password_reset": _("This link has been used or is too old."),
        "too_many_login_attempts": _(
            "Too many tries with this address. Wait a quarter of an hour, or set a new password."
        ),
        "rate_limited": _("Too many tries within a short time. Please wait a minute."),
        "same_as_current": _("That is what it is already."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Save who has just filled in a sign-up form; theme, language and hours come along from the page they filled it in on."""
        data = form.cleaned_data
        user.name, user.email = data["name"], data["email"]
        user.language = get_language() or user.language
        user.languages_read = [user.language]
        user.theme = getattr(request, "theme", "")
        user.time_zone = settings.SCHOOL_TIME_ZONE
        if "password1" in data:
            user.set_password(data["password1"])
        else:
            user.set_unusable_password()
        return operations.join(user=user) if commit else user

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """Leave the handle to ``operations.join``, which makes it from the name."""

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what happened in our own words, or nothing where the page that follows says it."""
        sentence = SENTENCES.get(message_template or "")
        said = message or (gettext(sentence) % (message_context or {}) if sentence else "")
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter that allauth asks for."""
        letters.write(occasion=template_prefix.rpartition("/")[2], address=email, context=context)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        """The link to verify an address; opened on another device it still leads to where the person was going."""
        url: str = super().get_email_confirmation_url(request, emailconfirmation)
        wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
        if not wanted or not self.is_safe_url(wanted):
            return url
        return f"{url}?{urlencode({'to': wanted})}"

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Where to go after verifying: on, when logged in; else to log in, and then on."""
        wanted = self.request.GET.get("to", "")
        wanted = wanted if wanted and self.is_safe_url(wanted) else ""
        if self.request.user.is_authenticated:
            return wanted or self.get_login_redirect_url(self.request)
        query = f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else ""
        return reverse("account_login") + query

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page from which passwords are changed."""
        return reverse("settings:security")
