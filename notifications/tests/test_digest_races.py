"""A digest is written once, by however many at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from conftest import _sql
from notifications import operations
from notifications.models import Digest

pytestmark = [pytest.mark.race, pytest.mark.commits]

SOON = timezone.now() + timedelta(days=8)


def written_at_once(user, threads=4):
    barrier, failures = threading.Barrier(threads), []

    def write():
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            operations.write_digest(user=user, as_of=SOON)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    running = [threading.Thread(target=write) for _ in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return Digest.objects.filter(user=user).count(), failures


@pytest.fixture
def reader(own_database):
    return User.objects.create_user("reader@example.test", username="reader", name="Reader", language="en")


def test_written_by_four_at_once_it_is_written_once(reader):
    assert written_at_once(reader) == (1, [])


def test_control_without_the_constraint_it_is_written_several_times(reader, meet):
    _sql("ALTER TABLE notifications_digest DROP CONSTRAINT one_digest_a_week", connection.settings_dict["NAME"])
    meet(Digest, "save", threads=4)
    assert written_at_once(reader) == (4, [])
