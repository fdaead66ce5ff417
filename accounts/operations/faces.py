"""The picture of a member; who has none gets a face drawn from their name."""

from typing import IO

from django.db import transaction

from accounts.events import ProfileChanged
from accounts.models import User
from core import events
from core.media import Limits
from core.media.models import Asset
from core.media.operations import delete, store
from core.media.pictures import Crop

PURPOSE = "face"
LIMITS = Limits(square=512, per_user=20)


def change_face(*, user: User, file: IO[bytes], crop: Crop | None = None) -> Asset:
    """
    Show the square ``crop`` of the picture in ``file``, or its middle, instead of what ``user`` had; the old one is deleted.

    :raises UploadRefused: if it is no picture that is taken here.
    """
    asset = store(file=file, purpose=PURPOSE, by=user, subject=f"user:{user.pk}", crop=crop)
    _show(user, asset.key)
    return asset


def remove_face(*, user: User) -> None:
    """Go back to the drawn face."""
    _show(user, "")


@transaction.atomic
def _show(user: User, key: str) -> None:
    former = User.objects.select_for_update().values_list("face_key", flat=True).get(pk=user.pk)
    user.face_key = key
    user.save(update_fields=["face_key"])
    for asset in Asset.objects.filter(owner=user, purpose=PURPOSE, key=former, deleted_at=None):
        delete(asset=asset)
    events.publish(ProfileChanged(user_id=user.pk), by=user, subject=f"user:{user.pk}")
