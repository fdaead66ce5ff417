import pytest

from accounts.models import User


@pytest.fixture
def ben(db):
    return User.objects.create_user("ben@example.test", "a long password", username="ben", name="Ben", language="en")


@pytest.fixture
def cleo(db):
    return User.objects.create_user("cleo@example.test", username="cleo", name="Cleo", language="zh-hans")
