"""What an owner changes about the school."""

from typing import IO

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core.audit import record
from core.media.models import Asset
from core.media.operations import delete, store

from .models import LegalText, School
from .rules import LOGO


@transaction.atomic
def publish_legal_text(*, kind: str, language: str, source: str, by: User) -> LegalText:
    """Put ``source`` in force as the next version; the ones before stay, since somebody agreed to them."""
    # Two tabs may publish at once: the unique key of kind, language and version refuses the later one.
    versions = LegalText.objects.filter(kind=kind, language=language)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    text = LegalText.objects.create(kind=kind, language=language, version=last + 1, source=source)
    record(by=by, act="community.publish_legal_text", subject=f"legal:{text.pk}", after={"version": text.version})
    return text


@transaction.atomic
def change_logo(*, file: IO[bytes], by: User) -> Asset:
    """
    Show the picture in ``file`` as the school's logo, whole, instead of what there was; the old one is deleted.

    :raises UploadRefused: if it is no picture that is taken here.
    """
    asset = store(file=file, purpose=LOGO, by=by, subject="school")
    _show(asset.key, asset.width or 0, asset.height or 0, by=by)
    return asset


@transaction.atomic
def remove_logo(*, by: User) -> None:
    """Go back to the mark that is drawn from the name."""
    _show("", 0, 0, by=by)


def _show(key: str, width: int, height: int, *, by: User) -> None:
    school = School.objects.select_for_update().get()
    former, school.logo_key, school.logo_width, school.logo_height = school.logo_key, key, width, height
    school.save(update_fields=["logo_key", "logo_width", "logo_height"])
    for asset in Asset.objects.filter(purpose=LOGO, key=former, deleted_at=None):
        delete(asset=asset)
    record(by=by, act="community.change_logo", subject="school:1", before={"logo": former}, after={"logo": key})
