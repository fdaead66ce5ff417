"""Asking for a copy, asking to be forgotten, and what becomes of both."""

import logging
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from core import events
from core.events import outbox

from . import exporting, mapping, registry
from .events import Erased
from .models import ErasureRequest, ExportRequest, Tombstone

logger = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
GRACE = timedelta(days=14)


def folder() -> Path:
    """Where exports lie: outside of everything that is served."""
    found = Path(settings.VAR) / "exports"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


@transaction.atomic
def ask_for_export(*, by: Any) -> ExportRequest:
    """Ask for a copy of what is stored about ``by``; while one is being made, asking again changes nothing."""
    request = ExportRequest(user_id=by.pk)
    ExportRequest.objects.bulk_create([request], ignore_conflicts=True)
    request = ExportRequest.objects.get(user_id=by.pk, made_at=None)
    outbox.enqueue(kind="privacy.export", key=f"privacy.export:{request.pk}", payload={"request_id": request.pk})
    return request


def make_export(*, request: ExportRequest) -> None:
    """Write the file that was asked for, under a name that nobody can guess; one that is made already stays as it is."""
    if request.made_at is not None:
        return
    name = f"{secrets.token_urlsafe(24)}.zip"
    exporting.write(user=get_user_model()._default_manager.get(pk=request.user_id), target=folder() / name)  # noqa: SLF001
    now = timezone.now()
    # Delivery may come twice; the one that is second leaves no file behind.
    if not ExportRequest.objects.filter(pk=request.pk, made_at=None).update(
        made_at=now, expires_at=now + KEPT, file_name=name
    ):
        (folder() / name).unlink()


def discard_exports(*, as_of: datetime) -> int:
    """Delete the files whose day is over, and leftovers of the same age that no request knows; return how many requests."""
    over = ExportRequest.objects.filter(expires_at__lte=as_of, discarded_at=None)
    for request in over:
        (folder() / request.file_name).unlink(missing_ok=True)
    for left in [path for path in folder().iterdir() if path.stat().st_mtime < (as_of - 2 * KEPT).timestamp()]:
        left.unlink(missing_ok=True)
    return over.update(discarded_at=as_of, file_name="")


@transaction.atomic
def ask_for_erasure(*, by: Any) -> ErasureRequest:
    """Ask to be forgotten in 14 days; asking again does not move the day."""
    request = ErasureRequest(user_id=by.pk, due_at=timezone.now() + GRACE)
    ErasureRequest.objects.bulk_create([request], ignore_conflicts=True)
    return ErasureRequest.objects.get(user_id=by.pk, withdrawn_at=None, done_at=None)


def withdraw_erasure(*, by: Any) -> bool:
    """Think better of it; False when there was nothing to withdraw any more."""
    waiting = ErasureRequest.objects.filter(user_id=by.pk, withdrawn_at=None, done_at=None)
    return bool(waiting.update(withdrawn_at=timezone.now()))


def erase_due(*, as_of: datetime) -> int:
    """Erase everybody whose grace is over, each in a transaction of their own; return how many."""
    due = ErasureRequest.objects.filter(due_at__lte=as_of, withdrawn_at=None, done_at=None)
    return sum(_erase_requested(pk) for pk in due.order_by("due_at").values_list("pk", flat=True))


@transaction.atomic
def erase(*, user_id: int) -> None:
    """
    Let every eraser do its work, what is furthest from the person first and the person last, all or nothing.

    Doing it again changes nothing that was done, and catches what a restore brought back.
    """
    user = get_user_model()._default_manager.select_for_update().get(pk=user_id)  # noqa: SLF001
    depths = mapping.depths()
    ordered = sorted(registry.known().items(), key=lambda item: -depths.get(item[0], 1_000))
    for _, cover in ordered:
        if cover.eraser:
            cover.eraser(user)
    Tombstone.objects.bulk_create([Tombstone(erased_id=user_id)], ignore_conflicts=True)
    events.publish(Erased(user_id=user_id), subject=f"user:{user_id}")


def erase_again() -> int:
    """After a restore: erase once more everybody on the list of tombstones who is there; return how many."""
    present = get_user_model()._default_manager.filter(pk__in=Tombstone.objects.values("erased_id"))  # noqa: SLF001
    pks = list(present.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        erase(user_id=pk)
    return len(pks)


def _erase_requested(pk: int) -> int:
    try:
        with transaction.atomic():
            # Locked: somebody may think better of it at this very moment.
            request = ErasureRequest.objects.select_for_update().filter(pk=pk, withdrawn_at=None, done_at=None).first()
            if request is None:
                return 0
            erase(user_id=request.user_id)
            ErasureRequest.objects.filter(pk=pk).update(done_at=timezone.now())
    except Exception:
        # One room that cannot forget must not keep everybody else remembered; the request stays due and is tried again.
        logger.exception("privacy: erasure request %s could not be carried out", pk)
        return 0
    return 1
