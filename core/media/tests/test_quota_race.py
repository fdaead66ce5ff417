"""Quotas hold when several uploads arrive at once; with the lock off they do not."""

import threading
import time

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import FileSystemStorage
from django.db import connection

from core.media import operations
from core.media.models import Asset
from core.media.operations import store
from core.media.refusals import UploadRefused

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _slow_disk(monkeypatch):
    save = FileSystemStorage._save

    def slowly(self, name, content):
        time.sleep(0.1)
        return save(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", slowly)


def together(picture, count=6):
    ben = get_user_model().objects.create_user("ben@example.test", username="ben", name="Ben")
    barrier, refused = threading.Barrier(count), []

    def work():
        file = picture()
        barrier.wait()
        try:
            store(file=file, purpose="face", by=ben)
        except UploadRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return Asset.objects.count(), len(refused)


def test_many_at_once_keep_to_the_quota(own_database, picture):
    assert together(picture) == (3, 3)


def test_control_without_the_lock_they_do_not(own_database, picture, monkeypatch, meet):
    monkeypatch.setattr(operations, "_lock_room_of", lambda owner: None)
    meet(FileSystemStorage, "_save", threads=6)
    assert together(picture) == (6, 0)
