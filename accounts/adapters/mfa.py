"""Second factors: their secrets are kept encrypted."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.web.sealing import reseal, seal, unseal

_PURPOSE = "second factors"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Our answers to allauth's questions about second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("Remove the second factor first, then change the address."),
        "cannot_delete_authenticator": _("Your role asks for a second factor; it cannot be removed."),
        "cannot_generate_recovery_codes": _("Recovery codes are for those who use a second factor. Add one first."),
        "incorrect_code": _("This code is not right, or no longer. Codes change every 30 seconds."),
        "unverified_email": _("Verify your address first."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether a factor may go: the last one of somebody on the staff may not, where staff need one."""
        if not (settings.STAFF_NEEDS_SECOND_FACTOR and authenticator.user.is_staff):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def encrypt(self, text: str) -> str:
        """Lock a secret with a key derived from the site's own: a copy of the database alone opens nothing."""
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open what ``encrypt`` locked, also with the keys that were in use before."""
        return unseal(encrypted_text, purpose=_PURPOSE)

    def relock(self, encrypted_text: str) -> str:
        """Lock with the key of now what was locked with it or with one of before."""
        return reseal(encrypted_text, purpose=_PURPOSE)
