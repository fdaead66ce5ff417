"""allauth's forms, in our words."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import operations

Words = Mapping[str, str | Promise]
PASSWORD_HINT = _("At least 10 characters. A sentence is easier to remember than a puzzle.")


class Worded:
    """Gives fields our labels and hints, and takes placeholders away: they vanish when they are needed."""

    labels: ClassVar[Words] = {}
    hints: ClassVar[Words] = {}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class LoginForm(Worded, account.LoginForm):  # type: ignore[misc]
    """Address and password."""

    labels = {"login": _("Email address"), "password": _("Password"), "remember": _("Stay logged in on this device")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["remember"].initial = True


class SignupForm(Worded, account.SignupForm):  # type: ignore[misc]
    """Name, address, password."""

    labels = {"email": _("Email address"), "password1": _("Password")}
    hints = {
        "name": _("As others should see it. Your handle is made from it; you can change both later."),
        "password1": PASSWORD_HINT,
    }

    def try_save(self, request: HttpRequest) -> Any:
        """Join; for an address that is known already, do the same work for nothing, so that the time tells nobody."""
        if self.account_already_exists:
            operations.pretend_to_join(name=self.cleaned_data["name"], password=self.cleaned_data["password1"])
        return super().try_save(request)


class SocialSignupForm(Worded, social.SignupForm):  # type: ignore[misc]
    """Name and address, for those who come from another site."""

    labels = {"email": _("Email address")}
    hints = {"name": _("As others should see it. Your handle is made from it; you can change both later.")}


class AddEmailForm(Worded, account.AddEmailForm):  # type: ignore[misc]
    """The new address."""

    labels = {"email": _("New email address")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one."""

    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    hints = {"password1": PASSWORD_HINT}


class SetPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    """A first password, for those who came from another site."""

    labels = {"password1": _("Password"), "password2": _("Password again")}
    hints = {"password1": PASSWORD_HINT}


class ResetPasswordForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    """The address to which the link goes."""

    labels = {"email": _("Email address")}

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Send the link; for an unknown address, do the same work for nothing, so that the time tells nobody."""
        if not self.users:
            operations.pretend_to_reset()
        return str(super().save(request, **options))


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password."""

    labels = {"password1": _("New password"), "password2": _("New password again")}
    hints = {"password1": PASSWORD_HINT}


class ReauthenticateForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    labels = {"password": _("Password")}


class CodeForm(Worded, mfa.AuthenticateForm):  # type: ignore[misc]
    """The code of an authenticator app, or a recovery code."""

    labels = {"code": _("Code")}
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class CodeAgainForm(Worded, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The code once more."""

    labels = {"code": _("Code")}
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class ActivateAppForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    labels = {"code": _("Code from the app")}


class AddKeyForm(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """The name of a new passkey."""

    labels = {"name": _("Name of this passkey"), "passwordless": _("Log in with it alone, without a password")}
    hints = {
        "name": _("So that you recognize it later: the phone, the laptop, the key on the ring."),
        "passwordless": _("The device will ask for your fingerprint, face or PIN."),
    }


class RenameKeyForm(Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """A passkey's new name."""

    labels = {"name": _("Name of this passkey")}
