"""The letters of this room: which template, which words, to whom, in whose language."""

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext

from accounts.models import User
from accounts.sentences import NOTICES
from core.web import mail

OCCASIONS = {
    "email_confirmation": "verify",
    "email_confirmation_signup": "verify",
    "account_already_exists": "existing_account",
    "unknown_account": "unknown_account",
    "password_reset_key": "reset",
}
LINKS = {
    "verify": "activate_url",
    "existing_account": "password_reset_url",
    "unknown_account": "signup_url",
    "reset": "password_reset_url",
}


def write(*, occasion: str, address: str, context: dict[str, Any]) -> None:
    """Write the letter for ``occasion``, as allauth names it, in the receiver's language where we know it."""
    receiver = User.objects.filter(email=address.lower()).first()
    name = OCCASIONS.get(occasion, "notice")
    language = receiver.language if receiver else get_language() or ""
    with translation.override(language):
        words = _words(name, occasion, context)
    words["name"] = receiver.display_name if receiver and name != "existing_account" else ""
    with transaction.atomic():
        mail.enqueue(
            to_address=address,
            template=f"accounts/mail/{name}",
            context=words,
            key=f"{name}:{uuid.uuid4()}",
            language=language,
        )


def welcome(*, user_id: int) -> None:
    """Greet a member, once: a second letter of the same key is not sent."""
    user = User.objects.filter(pk=user_id, erased_at__isnull=True).first()
    if user is None:
        return
    words = {"name": user.display_name, "action_url": settings.SITE_URL + reverse(settings.ACCOUNT_SIGNUP_REDIRECT_URL)}
    mail.enqueue(
        to_address=user.email,
        template="accounts/mail/welcome",
        context=words,
        key=f"welcome:{user.pk}",
        language=user.language,
    )


def _words(name: str, occasion: str, context: dict[str, Any]) -> dict[str, Any]:
    if name != "notice":
        return {"action_url": context[LINKS[name]]}
    return {
        "what": gettext(NOTICES[occasion]),
        "address": context.get("ip", ""),
        "action_url": settings.SITE_URL + reverse("settings:security"),
    }
