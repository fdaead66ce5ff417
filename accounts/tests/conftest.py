"""The cast, a mailbox, and a cache of the test's own: counting tries must not meet another worker's."""

import re
import uuid

import pytest
from django.core import mail
from django.test import Client

from accounts import operations
from accounts.models import User

PASSWORD = "a lantern in the rain"


@pytest.fixture(autouse=True)
def own_cache(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }


def joined(name, **fields):
    user = User(name=name, email=f"{name.lower()}@example.test", language="en", **fields)
    user.set_password(PASSWORD)
    return operations.join(user=user, is_verified=True)


@pytest.fixture
def member(db):
    return joined


@pytest.fixture
def browser():
    """A browser that reads English and enforces the token of each form's page, as a real one must bring it."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def logged_in():
    def enter(user):
        client = Client(headers={"accept-language": "en"})
        answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return enter


@pytest.fixture
def letters(worker):
    """What the post brought since the test asked last."""

    def fetch():
        worker()
        found, mail.outbox = list(mail.outbox), []
        return found

    return fetch


def link_in(letter):
    """The path of the first link in a mail."""
    return re.search(r"http://[^/\s]+(/\S+)", letter.body)[1]
