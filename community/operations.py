"""What an owner changes about the school."""

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core.audit import record

from .models import LegalText


@transaction.atomic
def publish_legal_text(*, kind: str, language: str, source: str, by: User) -> LegalText:
    """Put ``source`` in force as the next version; the ones before stay, since somebody agreed to them."""
    # Two tabs may publish at once: the unique key of kind, language and version refuses the later one.
    versions = LegalText.objects.filter(kind=kind, language=language)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    text = LegalText.objects.create(kind=kind, language=language, version=last + 1, source=source)
    record(by=by, act="community.publish_legal_text", subject=f"legal:{text.pk}", after={"version": text.version})
    return text
