"""Logging in, and what keeps others from it."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession

from accounts.events import LoggedOut
from accounts.models import User
from core.events.testing import published

from .conftest import PASSWORD, link_in

pytestmark = pytest.mark.django_db


def enter(client, email, password=PASSWORD, **headers):
    return client.post("/account/login/", {"login": email, "password": password}, **headers)


def body(answer):
    """A page without its tokens, which differ from one request to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


class TestEnumeration:
    """Nobody learns from us whether an address has an account."""

    def test_a_wrong_password_and_an_unknown_address_get_the_same_page(self, ada, browser):
        known = enter(browser, "ada@example.test", "wrong")
        unknown = enter(browser, "eve@example.test", "wrong")
        assert (known.status_code, body(known).replace("ada@", "eve@")) == (unknown.status_code, body(unknown))

    def test_asking_for_a_new_password_gets_the_same_page_and_one_mail_each(self, ada, browser, letters):
        letters()
        answers = [
            browser.post("/account/password/reset/", {"email": f"{name}@example.test"}) for name in ("ada", "eve")
        ]
        assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
            (302, "/account/password/reset/done/")
        ] * 2
        assert [(letter.to, letter.subject) for letter in letters()] == [
            (["ada@example.test"], "A new password for Lyceum"),
            (["eve@example.test"], "No account at Lyceum yet"),
        ]

    def test_joining_with_a_known_address_gets_the_same_page_and_one_mail_each(self, ada, client, letters):
        letters()
        answers = []
        for name in ("ada", "eve"):
            visitor = client.__class__(headers={"accept-language": "en"})
            form = {"name": "Somebody", "email": f"{name}@example.test", "password1": PASSWORD}
            answers.append(visitor.post("/account/signup/", form, follow=True))
        known, unknown = answers
        assert known.redirect_chain == unknown.redirect_chain == [("/account/confirm-email/", 302)]
        assert body(known).replace("ada@", "eve@") == body(unknown)
        assert [letter.subject for letter in letters()] == [
            "You have an account at Lyceum",
            "Verify your address at Lyceum",
        ]
        assert User.objects.filter(name="Somebody").count() == 1


class TestLockOut:
    def test_after_eight_wrong_tries_even_the_right_password_waits(self, ada, browser):
        for _ in range(8):
            enter(browser, ada.email, "wrong")
        page = enter(browser, ada.email)
        assert page.status_code == 200
        assert "Too many tries with this address" in page.content.decode()

    def test_claiming_other_network_addresses_does_not_help(self, ada, browser):
        for number in range(8):
            enter(
                browser,
                ada.email,
                "wrong",
                REMOTE_ADDR=f"203.0.113.{number}",
                HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
            )
        assert enter(browser, ada.email, REMOTE_ADDR="192.0.2.7").status_code == 200

    def test_an_unknown_address_is_locked_out_alike(self, browser):
        for _ in range(8):
            enter(browser, "eve@example.test", "wrong")
        assert "Too many tries with this address" in enter(browser, "eve@example.test").content.decode()

    def test_another_member_is_not_locked_out(self, ada, ben, browser):
        for _ in range(8):
            enter(browser, ada.email, "wrong")
        assert enter(browser, ben.email).status_code == 302


class TestNewPassword:
    def test_the_link_sets_it_once_and_ends_every_other_session(self, ada, logged_in, browser, letters):
        elsewhere = logged_in(ada)
        letters()
        browser.post("/account/password/reset/", {"email": ada.email})
        [letter] = letters()
        form = browser.get(link_in(letter), follow=True)
        assert "Set a new password" in form.content.decode()
        new = "another lantern altogether"
        answer = browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
        assert answer.headers["Location"] == "/"
        assert elsewhere.get("/settings/profile/").status_code == 302
        assert browser.get("/settings/profile/").status_code == 200
        assert "This link is no longer good" in browser.get(link_in(letter), follow=True).content.decode()
        assert [fact.user_id for fact in published(LoggedOut)] == [ada.pk]
        [notice] = letters()
        assert "set anew by a link" in notice.body


class TestSessions:
    def test_a_member_sees_their_devices_and_logs_one_out(self, ada, logged_in):
        here, there = logged_in(ada), logged_in(ada)
        stolen = UserSession.objects.get(session_key=there.session.session_key)
        assert here.get("/account/sessions/").content.decode().count("/end/") == 1
        assert here.post(f"/settings/security/sessions/{stolen.pk}/end/").headers["Location"] == "/account/sessions/"
        assert there.get("/settings/profile/").status_code == 302
        assert here.get("/settings/profile/").status_code == 200
        assert [fact.user_id for fact in published(LoggedOut)] == [ada.pk]

    def test_one_device_alone_is_named_and_said_to_be_the_only_one(self, ada, logged_in):
        page = logged_in(ada).get("/account/sessions/").content.decode()
        assert ("Only here. Nobody else is in your account." in page, "this device" in page) == (True, True)
        assert "If one of these is not yours" not in page

    def test_a_list_with_nothing_in_it_says_why(self, ada, logged_in):
        client = logged_in(ada)
        UserSession.objects.all().delete()
        assert "No device is on record" in client.get("/account/sessions/").content.decode()

    @pytest.mark.leak
    def test_nobody_logs_out_anybody_else(self, ada, cleo, logged_in):
        victim, attacker = logged_in(ada), logged_in(cleo)
        session = UserSession.objects.get(user=ada)
        assert attacker.post(f"/settings/security/sessions/{session.pk}/end/").status_code == 404
        assert victim.get("/settings/profile/").status_code == 200

    def test_logging_out_is_published(self, ada, logged_in):
        client = logged_in(ada)
        client.post("/account/logout/")
        assert [fact.user_id for fact in published(LoggedOut)] == [ada.pk]
        assert client.get("/settings/profile/").status_code == 302

    def test_logging_out_needs_more_than_a_link(self, ada, logged_in):
        client = logged_in(ada)
        client.get("/account/logout/")
        assert client.get("/settings/profile/").status_code == 200


class TestAddress:
    def test_it_changes_when_the_new_one_is_verified_and_the_old_one_is_told(self, ada, logged_in, letters):
        client = logged_in(ada)
        letters()
        answer = client.post("/account/email/", {"email": "ada@new.test", "action_add": "1"})
        assert answer.headers["Location"] == "/account/reauthenticate/?next=%2Faccount%2Femail%2F"
        client.post(answer.headers["Location"], {"password": PASSWORD})
        assert User.objects.get(pk=ada.pk).email == "ada@example.test"
        [letter] = letters()
        assert letter.to == ["ada@new.test"]
        client.post(link_in(letter))
        assert User.objects.get(pk=ada.pk).email == "ada@new.test"
        assert list(EmailAddress.objects.filter(user=ada).values_list("email", "verified")) == [("ada@new.test", True)]
        assert {address for notice in letters() for address in notice.to} >= {"ada@example.test"}
