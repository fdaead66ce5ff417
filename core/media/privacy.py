"""What this part stores about people: the files that they sent."""

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage

from core.privacy import Attachment, erases, exports

from .models import Asset
from .operations import delete_of


@exports(Asset)
def export_files(user: Any) -> Iterator[Any]:
    """The files of ``user``, each with what is known about it."""
    assets = Asset.objects.filter(owner=user, deleted_at=None).order_by("pk")
    fields = ("key", "purpose", "content_type", "original_name", "size", "created_at")
    for asset in assets:
        yield {name: getattr(asset, name) for name in fields}
        yield Attachment(
            name=asset.stored_name, open=lambda name=asset.stored_name: cast(BinaryIO, default_storage.open(name))
        )


@erases(Asset)
def erase_files(user: Any) -> None:
    """Take away every file of ``user``; their bytes go after the commit."""
    delete_of(owner=user)
