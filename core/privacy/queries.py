"""Reading requests."""

from typing import Any

from django.utils import timezone

from .models import ErasureRequest, ExportRequest


def newest_export(user: Any) -> ExportRequest | None:
    """The newest request of ``user`` that is being made or can still be fetched."""
    found = ExportRequest.objects.filter(user_id=user.pk, discarded_at=None).order_by("-pk").first()
    return None if found and found.expires_at and found.expires_at <= timezone.now() else found


def fetchable_export(user: Any, pk: int) -> ExportRequest | None:
    """The finished export ``pk``, for nobody but its owner and only while it is kept; the view asks for a fresh log-in."""
    return ExportRequest.objects.filter(
        pk=pk, user_id=user.pk, made_at__isnull=False, discarded_at=None, expires_at__gt=timezone.now()
    ).first()


def open_erasure(user: Any) -> ErasureRequest | None:
    """The request of ``user`` to be forgotten, while it waits for its day."""
    return ErasureRequest.objects.filter(user_id=user.pk, withdrawn_at=None, done_at=None).first()
