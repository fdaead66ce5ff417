"""A second thing that only its owner has: apps, recovery codes, and who must have one."""

import io
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.test import Client

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db


def code_of(secret):
    """What an authenticator app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def set_up(client):
    answer = client.get("/account/2fa/totp/activate/")
    client.post(answer.headers["Location"], {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


@pytest.fixture
def guarded(ada, logged_in):
    """Ada with an app on her phone."""
    client = logged_in(ada)
    ada.secret = set_up(client)
    ada.codes = Authenticator.objects.get(user=ada, type="recovery_codes").wrap().get_unused_codes()
    return ada


def give_password(user):
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD, "next": "/settings/profile/"})
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    return client


class TestApp:
    def test_it_is_asked_for_after_the_password(self, guarded):
        client = give_password(guarded)
        assert client.get("/settings/profile/").status_code == 302
        answer = client.post("/account/2fa/authenticate/", {"code": code_of(guarded.secret)})
        assert answer.headers["Location"] == "/settings/profile/"
        assert client.get("/settings/profile/").status_code == 200

    def test_a_wrong_code_does_not_open(self, guarded):
        client = give_password(guarded)
        page = client.post("/account/2fa/authenticate/", {"code": "000000"})
        assert "This code is not right" in page.content.decode()
        assert client.get("/settings/profile/").status_code == 302

    def test_guessing_codes_ends_after_a_few_tries(self, guarded):
        client = give_password(guarded)
        for _ in range(10):
            client.post("/account/2fa/authenticate/", {"code": "000000"})
        page = client.post("/account/2fa/authenticate/", {"code": code_of(guarded.secret)})
        assert page.status_code == 200
        assert client.get("/settings/profile/").status_code == 302

    def test_a_recovery_code_opens_once(self, guarded):
        [code, *_rest] = guarded.codes
        answer = give_password(guarded).post("/account/2fa/authenticate/", {"code": code})
        assert answer.headers["Location"] == "/settings/profile/"
        page = give_password(guarded).post("/account/2fa/authenticate/", {"code": code})
        assert "This code is not right" in page.content.decode()

    def test_the_secret_is_not_in_the_database_as_it_is(self, guarded):
        stored = Authenticator.objects.get(user=guarded, type="totp").data["secret"]
        assert guarded.secret not in stored
        assert stored.startswith("gAAAA")

    def test_its_owner_is_told_by_mail(self, ada, logged_in, letters, django_capture_on_commit_callbacks):
        client = logged_in(ada)
        letters()
        with django_capture_on_commit_callbacks(execute=True):
            set_up(client)
        told = letters()
        assert {address for notice in told for address in notice.to} == {ada.email}
        assert ["authenticator app was added" in notice.body for notice in told].count(True) == 1

    def test_setting_it_up_asks_who_it_is(self, ada, logged_in):
        answer = logged_in(ada).get("/account/2fa/totp/activate/")
        assert answer.headers["Location"] == "/account/reauthenticate/?next=%2Faccount%2F2fa%2Ftotp%2Factivate%2F"


@pytest.mark.parametrize(
    "path",
    [
        "/account/2fa/",
        "/account/2fa/recovery-codes/",
        "/account/2fa/recovery-codes/generate/",
        "/account/2fa/totp/deactivate/",
        "/account/2fa/webauthn/",
        "/account/2fa/webauthn/add/",
        "/account/email/",
        "/account/password/change/",
        "/account/sessions/",
        "/settings/security/",
    ],
)
def test_every_page_about_it_opens(guarded, path):
    client = give_password(guarded)
    client.post("/account/2fa/authenticate/", {"code": guarded.codes[0]})
    client.post("/account/reauthenticate/?next=/", {"password": PASSWORD})
    page = client.get(path)
    assert page.status_code == 200
    assert "settings-column" in page.content.decode()


class TestAnotherSecretKey:
    """The site's key is changed; what the old one signed and locked still opens while it is kept as a fallback."""

    def change(self, settings, *, keep):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep else []
        settings.SECRET_KEY = "another key, as long and as random as the one before it: 8tqjvw0aq"

    def enter(self, guarded, code):
        client = give_password(guarded)
        client.post("/account/2fa/authenticate/", {"code": code})
        return client.get("/settings/profile/").status_code

    def test_with_the_old_key_at_hand_apps_codes_and_sessions_go_on(self, guarded, settings):
        client = give_password(guarded)
        client.post("/account/2fa/authenticate/", {"code": code_of(guarded.secret)})
        self.change(settings, keep=True)
        assert client.get("/settings/profile/").status_code == 200
        assert self.enter(guarded, guarded.codes[0]) == 200

    def test_locked_anew_they_need_the_old_key_no_more(self, guarded, settings):
        self.change(settings, keep=True)
        call_command("relock_second_factors", stdout=(said := io.StringIO()))
        assert said.getvalue() == "2 second factors are locked with the key of now\n"
        settings.SECRET_KEY_FALLBACKS = []
        assert self.enter(guarded, guarded.codes[0]) == 200

    def test_control_without_the_old_key_they_are_lost(self, guarded, settings):
        self.change(settings, keep=False)
        with pytest.raises(InvalidToken):
            self.enter(guarded, guarded.codes[0])
