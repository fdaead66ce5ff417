"""Mail, until the house's own post office opens: the one place that knows how a letter leaves."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from core.events import outbox
from core.events.models import OutboxMessage

KIND = "accounts.mail"


def enqueue(*, to_address: str, template: str, context: dict[str, Any], key: str, language: str) -> None:
    """Render ``template`` in ``language`` and put it into the outbox, in the caller's transaction."""
    school = {"name": "Lyceum", "site_url": settings.SITE_URL}
    words = {**context, "language": language, "school": school}
    with translation.override(language):
        letter = {
            "to": to_address,
            "subject": " ".join(render_to_string(f"{template}.subject.txt", words).split()),
            "text": render_to_string(f"{template}.txt", words),
            "html": render_to_string(f"{template}.html", words),
        }
    outbox.enqueue(kind=KIND, key=key, payload=letter)


@outbox.delivers(KIND)
def deliver(message: OutboxMessage) -> None:
    """Hand the letter to the mail server."""
    letter = message.payload
    mail = EmailMultiAlternatives(letter["subject"], letter["text"], None, [letter["to"]])
    mail.attach_alternative(letter["html"], "text/html")
    mail.send()
