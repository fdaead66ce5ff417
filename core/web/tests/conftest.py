import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def ben(db):
    return get_user_model().objects.create_user(
        "ben@example.test", "a long password", username="ben", name="Ben", language="en"
    )


@pytest.fixture
def cleo(db):
    return get_user_model().objects.create_user("cleo@example.test", username="cleo", name="Cleo", language="zh-hans")
