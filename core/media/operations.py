"""Storing files and taking them away."""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import outbox
from core.events.models import OutboxMessage

from . import figures, pictures, probing, purposes
from .models import Asset, new_key
from .pictures import Crop
from .purposes import Kind, Limits
from .purposes import purpose as purpose_called
from .refusals import UploadRefused
from .sniffing import HEAD, Type, type_of

DELETION = "media.delete"
PORTION = 65_536
MEGABYTE = 1024 * 1024
IN_MEMORY = 2 * MEGABYTE
LARGEST_CAPTIONS = MEGABYTE


def store(
    *, file: IO[bytes], purpose: str, by: Any = None, subject: str = "", name: str = "", crop: Crop | None = None
) -> Asset:
    """
    Check ``file`` by its content, write it anew where that is possible, and keep it for ``purpose``.

    ``crop`` is the square that the sender chose for a picture. Costs a read of the whole file, at most the limit of the
    purpose, and decoding for pictures. Whoever stores for ``by`` at the same time waits, so that quotas hold.

    :raises UploadRefused: if it is too large, of a kind that is not taken here, broken, or beyond the quota of ``by``.
    :raises UnknownPurpose: if nobody registered ``purpose``.
    """
    limits = purpose_called(purpose).limits
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
        size = _copy(file, copy, limits)
        found = _allowed_type(copy, limits)
        made = _made(copy, found, limits, crop)
        about = _looked_into(copy, found) | {
            "purpose": purpose,
            "subject": subject,
            "owner": by,
            "original_name": _shown_name(name or getattr(file, "name", "")),
        }
        return _keep(made or copy, found, about, limits, size=size)


def store_beginning(*, asset: Asset, seconds: int, purpose: str, subject: str = "") -> Asset:
    """
    Keep the first ``seconds`` of a recording as a file of its own, for ``purpose``; what follows them is not in it.

    :raises UploadRefused: if it cannot be cut.
    """
    with tempfile.TemporaryDirectory() as folder, asset.open() as file:
        path = Path(folder) / f"beginning.{asset.stored_name.rpartition('.')[2]}"
        probing.cut(file, seconds=seconds, into=path)
        with path.open("rb") as beginning:
            return store(file=beginning, purpose=purpose, subject=subject, name=asset.original_name or path.name)


def delete(*, asset: Asset) -> None:
    """Take a file away: from now on nobody reads it, and its bytes go once this transaction is committed."""
    with transaction.atomic():
        changed = Asset.objects.filter(pk=asset.pk, deleted_at=None).update(deleted_at=timezone.now(), original_name="")
        if changed:
            outbox.enqueue(kind=DELETION, key=f"{DELETION}:{asset.key}", payload={"stored_name": asset.stored_name})


def delete_of(*, owner: Any) -> int:
    """Take away all files of one person, as when they are erased; return how many. What others paid for loses its owner only."""
    staying = [one.name for one in purposes.known.values() if one.outlives_owner]
    Asset.objects.filter(owner=owner, purpose__in=staying).update(owner=None, original_name="")
    assets = list(Asset.objects.filter(owner=owner, deleted_at=None))
    for asset in assets:
        delete(asset=asset)
    return len(assets)


@outbox.delivers(DELETION, called=gettext_lazy("Deletion of a file"))
def _delete_file(message: OutboxMessage) -> None:
    default_storage.delete(message.payload["stored_name"])


def _copy(file: IO[bytes], copy: IO[bytes], limits: Limits) -> int:
    """Read no more than is allowed, whatever the sender said about the size."""
    size = 0
    while portion := file.read(PORTION):
        size += len(portion)
        if size > limits.size:
            raise UploadRefused(
                _("This file is too large: at most %(most)s MB.") % {"most": limits.size // MEGABYTE or 1}
            )
        copy.write(portion)
    if not size:
        raise UploadRefused(_("This file is empty."))
    copy.seek(0)
    return size


def _allowed_type(copy: IO[bytes], limits: Limits) -> Type:
    found = type_of(copy.read(HEAD))
    copy.seek(0)
    if found is None or found.kind not in limits.kinds:
        raise UploadRefused(_("Files of this type are not taken here."))
    return found


Made = pictures.Picture | bytes | None


def _made(copy: IO[bytes], found: Type, limits: Limits, crop: Crop | None) -> Made:
    """The file written anew; None for kinds that are kept as they came."""
    if found.kind == Kind.IMAGE:
        return pictures.written_anew(copy, limits=limits, crop=crop)
    if found.kind == Kind.FIGURE:
        return figures.written_anew(copy.read())
    return _captions(copy) if found.kind == Kind.CAPTIONS else None


def _looked_into(copy: Any, found: Type) -> dict[str, Any]:
    """What a recording says about itself: its length, and the size of its pictures."""
    if found.kind not in {Kind.AUDIO, Kind.VIDEO}:
        return {}
    copy.rollover()
    length = probing.probe(copy)
    copy.seek(0)
    if found.kind == Kind.VIDEO and not length.width:
        raise UploadRefused(_("There is no picture in this video. Upload its sound as MP3 or M4A."))
    return {"seconds": length.seconds, "width": length.width or None, "height": length.height or None}


def _captions(copy: IO[bytes]) -> bytes:
    try:
        return copy.read(LARGEST_CAPTIONS + 1).decode("utf-8-sig").encode()[:LARGEST_CAPTIONS]
    except UnicodeDecodeError as error:
        raise UploadRefused(_("These captions cannot be read. Save them as UTF-8 and try again.")) from error


def _keep(made: Any, found: Type, about: dict[str, Any], limits: Limits, *, size: int) -> Asset:
    content, asset = _described(made, found, about, size=size)
    with transaction.atomic():
        _check_quota(about["owner"], about["purpose"], limits, size=asset.size)
        try:
            default_storage.save(asset.stored_name, content)
        except OSError as error:
            default_storage.delete(asset.stored_name)
            raise UploadRefused(
                _("The file could not be stored. Nothing was changed; please try again later.")
            ) from error
        asset.save()
    return asset


def _described(made: Any, found: Type, about: dict[str, Any], *, size: int) -> tuple[Any, Asset]:
    content_type, extension, sides = found.content_type, found.extension, {}
    content: Any = File(made)
    if isinstance(made, pictures.Picture):
        content_type, extension = made.content_type, made.extension
        sides = {"width": made.width, "height": made.height}
        made = made.body
    if isinstance(made, bytes):
        content, size = ContentFile(made), len(made)
    key = new_key()
    asset = Asset(
        **about, **sides, key=key, kind=found.kind, content_type=content_type, size=size, digest=_digest(content),
        stored_name=f"{key[:2].lower()}/{new_key()}.{extension}",
    )  # fmt: skip
    return content, asset


def _digest(content: Any) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    for portion in _portions(content):
        digest.update(portion)
    content.seek(0)
    return digest.hexdigest()


def _portions(content: Any) -> Iterator[bytes]:
    while portion := content.read(PORTION):
        yield portion


def _check_quota(owner: Any, purpose: str, limits: Limits, *, size: int) -> None:
    if owner is None:
        return
    _lock_room_of(owner)
    kept = Asset.objects.filter(owner=owner, purpose=purpose, deleted_at=None)
    used = kept.aggregate(count=Count("pk"), size=Coalesce(Sum("size"), 0))
    if used["count"] >= limits.per_user or used["size"] + size > limits.quota:
        raise UploadRefused(_("Your room for files is full. Delete some that you no longer need."))


def _lock_room_of(owner: Any) -> None:
    # Two uploads at once would each see the room that is left. In a statement of its own: the next one's snapshot is taken
    # when the lock is ours, and so sees what the upload before us has stored.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('media'), %s)", [owner.pk % 2**31])


def _shown_name(name: str) -> str:
    """A name to show and to offer when downloading: no folders, nothing invisible."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in base if character.isprintable())[-120:]
