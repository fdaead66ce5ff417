"""Every letter of this room, in both languages: whole, addressed, with absolute links."""

import re

import pytest
from django.core import mail
from django.db import transaction

from accounts import letters, operations
from accounts.models import User

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
LINK = "http://localhost:8000/account/somewhere/"
OCCASIONS = {
    "email_confirmation_signup": {"activate_url": LINK},
    "account_already_exists": {"password_reset_url": LINK},
    "unknown_account": {"signup_url": LINK},
    "password_reset_key": {"password_reset_url": LINK},
    "password_changed": {"ip": "192.0.2.1"},
    "totp_activated": {"ip": "192.0.2.1"},
}
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def reader():
    def make(language):
        user = User(name="Rui", email="rui@example.test", language=language)
        user.set_password(PASSWORD)
        return operations.join(user=user)

    return make


def parts(letter):
    [(html, kind)] = [(part.content, part.mimetype) for part in letter.alternatives]
    assert kind == "text/html"
    return letter.subject, letter.body, html


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_each_is_whole_in_the_readers_language(reader, worker, language, occasion):
    user = reader(language)
    letters.write(occasion=occasion, address=user.email, context=OCCASIONS[occasion])
    worker()
    [letter] = mail.outbox
    for text in parts(letter):
        assert "{{" not in text
        assert "{%" not in text
        assert "None" not in text
        assert bool(HAN.search(text)) is (language == "zh-hans")
    assert all(link.startswith("http") for link in re.findall(r'href="([^"]*)"', parts(letter)[2]))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_welcome_is_sent_once(reader, worker, language):
    user = reader(language)
    for _ in range(2):
        with transaction.atomic():
            letters.welcome(user_id=user.pk)
    worker()
    [letter] = mail.outbox
    assert bool(HAN.search(letter.subject)) is (language == "zh-hans")
    assert "http://localhost:8000/welcome/" in letter.body
