"""Somebody joins: three lines, one mail, and they are where they were going."""

import re

import pytest

from accounts import operations, rules
from accounts.events import EmailVerified, SignedUp
from accounts.models import Consent, User
from core.events.testing import published
from core.text import skeleton

from .conftest import PASSWORD, link_in

pytestmark = pytest.mark.django_db
WANTED = "/members/ada/"


def sign_up(browser, *, name="林知远", email="Lin@Example.test", to=WANTED):
    return browser.post("/account/signup/", {"name": name, "email": email, "password1": PASSWORD, "next": to})


class TestStory:
    def test_from_the_form_over_the_mail_to_where_they_wanted_to_go(self, ada, browser, letters):
        letters()
        assert sign_up(browser).headers["Location"] == "/account/confirm-email/"
        [letter] = letters()
        assert letter.to == ["lin@example.test"]
        assert letter.subject == "Verify your address at Lyceum"
        page = browser.get(link_in(letter))
        assert "Is this your address?" in page.content.decode()
        answer = browser.post(link_in(letter))
        assert answer.headers["Location"] == WANTED
        assert browser.get(WANTED).context["user"].email == "lin@example.test"

    def test_without_a_wish_they_are_asked_what_they_want_to_learn(self, browser, letters):
        sign_up(browser, to="")
        [letter] = letters()
        assert browser.post(link_in(letter)).headers["Location"] == "/welcome/"

    def test_the_link_opened_on_another_device_leads_there_by_way_of_the_log_in(self, ada, browser, letters, client):
        letters()
        sign_up(browser)
        [letter] = letters()
        answer = client.post(link_in(letter))
        assert answer.headers["Location"] == "/account/login/?next=%2Fmembers%2Fada%2F"
        answer = client.post(
            answer.headers["Location"], {"login": "lin@example.test", "password": PASSWORD, "next": WANTED}
        )
        assert answer.headers["Location"] == WANTED

    def test_a_link_to_another_site_is_not_followed(self, browser, letters):
        sign_up(browser, to="https://elsewhere.example/")
        [letter] = letters()
        assert "elsewhere" not in letter.body
        assert browser.post(link_in(letter)).headers["Location"] == "/welcome/"

    def test_the_link_works_once(self, browser, letters):
        sign_up(browser)
        [letter] = letters()
        browser.post(link_in(letter))
        again = browser.get(link_in(letter)).content.decode()
        # Whoever has come in by it is not asked to log in.
        assert ["This link is no longer good" in again, 'href="/account/email/"' in again] == [True, True]
        browser.logout()
        assert 'href="/account/login/"' in browser.get(link_in(letter)).content.decode()

    def test_nobody_comes_in_before_the_address_is_verified(self, browser, letters, client):
        sign_up(browser)
        answer = client.post("/account/login/", {"login": "lin@example.test", "password": PASSWORD})
        assert answer.headers["Location"] == "/account/confirm-email/"
        assert client.get("/settings/profile/").status_code == 302

    def test_what_is_stored_and_published(self, browser, letters):
        sign_up(browser)
        [letter] = letters()
        browser.post(link_in(letter))
        user = User.objects.get()
        assert (user.name, user.username, user.language, user.reads) == ("林知远", "linzhiyuan", "en", ["en"])
        assert list(Consent.objects.values_list("purpose", "is_given")) == [("terms", True)]
        assert [(type(fact), fact.user_id) for fact in published(SignedUp, EmailVerified)] == [
            (SignedUp, user.pk),
            (EmailVerified, user.pk),
        ]

    def test_they_are_welcomed_once(self, browser, letters):
        sign_up(browser)
        [letter] = letters()
        browser.post(link_in(letter))
        [welcome] = letters()
        assert (welcome.to, welcome.subject) == (["lin@example.test"], "Welcome to Lyceum")
        assert link_in(welcome) == "/welcome/"

    def test_language_theme_and_hours_of_the_guest_come_along(self, browser, letters, settings):
        settings.SCHOOL_TIME_ZONE = "Europe/Lisbon"
        browser.post("/preferences/", {"language": "zh-hans"})
        browser.post("/preferences/", {"theme": "dark"})
        sign_up(browser)
        user = User.objects.get()
        assert (user.language, user.theme, user.time_zone) == ("zh-hans", "dark", "Europe/Lisbon")


class TestNames:
    @pytest.mark.parametrize(
        ("name", "handle"),
        [
            ("林知远", "linzhiyuan"),
            ("Ana Ruiz", "ana-ruiz"),
            ("Åsa Öberg", "asa-oberg"),
            ("Ольга", "member"),
            ("Admin", "member"),
            ("小明 Ming", "xiaomingming"),
        ],
    )
    def test_a_handle_is_made_from_the_name(self, name, handle):
        assert rules.handle_from(name) == handle

    def test_two_of_one_name_get_two_handles(self, member):
        first = member("Mina")
        second = operations.join(user=User(name="Mina", email="other@example.test"))
        assert first.username == "mina"
        assert re.fullmatch(r"mina-[a-z2-9]{4}", second.username)

    @pytest.mark.parametrize(
        "name", ["Administrator", "ADMIN", "Аdmin", "adm\u200bin", "管理员", "官 方", "\u202e\u200b"]
    )
    def test_a_name_that_speaks_for_the_school_is_refused(self, browser, name):
        page = sign_up(browser, name=name)
        assert page.status_code == 200
        assert list(page.context["form"].errors) == ["name"]
        assert not User.objects.exists()

    def test_a_name_that_looks_like_a_teacher_on_the_staff_is_refused(self, ada, browser):
        User.objects.update(is_staff=True)
        page = sign_up(browser, name="Аdа")  # two Cyrillic letters
        assert list(page.context["form"].errors) == ["name"]

    def test_invisible_characters_are_taken_out(self, browser):
        sign_up(browser, name="Be\u200bn\u202e  ten ")
        assert User.objects.get().name == "Ben ten"

    @pytest.mark.parametrize(("one", "other"), [("bernd", "bemd"), ("lo0k", "look"), ("al1ce", "allce"), ("a_b", "ab")])
    def test_handles_that_the_eye_confuses_cannot_both_exist(self, one, other):
        assert skeleton(one) == skeleton(other)
