"""What workers do for files."""

import time
from collections.abc import Iterator
from pathlib import Path

from celery import shared_task
from django.core.files.storage import FileSystemStorage, storages

from .models import Asset

GRACE_SECONDS = 24 * 3600


@shared_task(name="core.media.tasks.sweep_orphans")
def sweep_orphans() -> int:
    """
    Delete files that no asset names: those of an upload whose transaction was rolled back; return how many.

    Only for files on this machine; an object store has rules of its own for that. Young ones may still be in the making.
    """
    if not isinstance(storage := storages["default"], FileSystemStorage):
        return 0
    orphans = [
        name for name in _old_files(Path(storage.location)) if not Asset.objects.filter(stored_name=name).exists()
    ]
    for name in orphans:
        storage.delete(name)
    return len(orphans)


def _old_files(root: Path) -> Iterator[str]:
    before = time.time() - GRACE_SECONDS
    for path in root.glob("??/*"):
        if path.is_file() and path.stat().st_mtime < before:
            yield path.relative_to(root).as_posix()
