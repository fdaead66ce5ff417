"""What is said after each step; allauth names the occasion by a template."""

from django.utils.translation import gettext_noop as _

SENTENCES = {
    "account/messages/cannot_delete_primary_email.txt": _("%(email)s is your only address; give another one first."),
    "account/messages/email_confirmation_failed.txt": _(
        "%(email)s could not be verified: it belongs to another account."
    ),
    "account/messages/email_confirmation_sent.txt": _("We wrote to %(email)s. Please open the link in that mail."),
    "account/messages/email_confirmed.txt": _("Thank you, %(email)s is verified."),
    "account/messages/email_deleted.txt": _("%(email)s was removed. Your address stays what it was."),
    "account/messages/logged_out.txt": _("You are logged out."),
    "account/messages/password_changed.txt": _("Your new password is saved."),
    "account/messages/password_set.txt": _("Your password is saved."),
    "account/messages/primary_email_set.txt": _("Your address is saved."),
    "account/messages/unverified_primary_email.txt": _("Please verify your address first."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "These are your new recovery codes. Keep them where you keep your passport."
    ),
    "mfa/messages/totp_activated.txt": _("From now on we ask for a code from your app when you log in."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is no longer asked for."),
    "mfa/messages/webauthn_added.txt": _("The passkey is saved."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is gone."),
    "usersessions/messages/sessions_logged_out.txt": _("Every other device is logged out."),
    "socialaccount/messages/account_connected.txt": _("The two accounts are connected."),
    "socialaccount/messages/account_connected_other.txt": _("That account is connected to another member."),
    "socialaccount/messages/account_connected_updated.txt": _("The two accounts are connected."),
    "socialaccount/messages/account_disconnected.txt": _("The two accounts are no longer connected."),
}

NOTICES = {
    "email_changed": _("The address of your account was changed."),
    "email_deleted": _("An address was removed from your account."),
    "email_confirm": _("The address of your account was verified."),
    "password_changed": _("The password of your account was changed."),
    "password_reset": _("The password of your account was set anew by a link from a mail."),
    "password_set": _("Your account got a password."),
    "totp_activated": _("An authenticator app was added to your account."),
    "totp_deactivated": _("The authenticator app was removed from your account."),
    "webauthn_added": _("A passkey was added to your account."),
    "webauthn_removed": _("A passkey was removed from your account."),
    "recovery_codes_generated": _("New recovery codes were made for your account; the old ones are void."),
    "account_connected": _("Your account was connected with one at another site."),
    "account_disconnected": _("The connection of your account with one at another site was removed."),
}
