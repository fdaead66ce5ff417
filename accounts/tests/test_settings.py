"""What members say about themselves, who sees it, and how they want the site."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import InternalError, ProgrammingError, transaction

from accounts import operations, profile_parts, queries
from accounts.enums import Purpose
from accounts.events import ConsentChanged, ProfileChanged
from accounts.models import Consent, Profile, User
from core.events.testing import published

pytestmark = pytest.mark.django_db

PRIVACY = {
    "messages_from": "members",
    **{f"see_{part.key}": "members" for part in profile_parts.parts()},
    "personalization": "on",
}


class TestProfile:
    def test_it_is_saved_and_says_so(self, ada, logged_in):
        client = logged_in(ada)
        form = {"name": "Ada Lin", "username": "ada-lin", "bio": "I keep books."}
        page = client.post("/settings/profile/", form, follow=True)
        assert "Your profile is saved." in page.content.decode()
        user = User.objects.get(pk=ada.pk)
        assert (user.name, user.username, user.profile.bio) == ("Ada Lin", "ada-lin", "I keep books.")
        assert [fact.user_id for fact in published(ProfileChanged)] == [ada.pk]

    @pytest.mark.parametrize("handle", ["ben", "BEN", "b_e_n", "admin", "x", "å", "a" * 31])
    def test_a_handle_that_is_anothers_or_looks_so_is_refused(self, ada, ben, logged_in, handle):
        page = logged_in(ada).post("/settings/profile/", {"name": "Ada", "username": handle, "bio": ""})
        assert list(page.context["form"].errors) == ["username"]
        assert User.objects.get(pk=ada.pk).username == "ada"

    def test_a_refused_name_stays_in_its_box_and_out_of_the_menu(self, ada, logged_in):
        page = logged_in(ada).post("/settings/profile/", {"name": "Administrator", "username": "ada", "bio": ""})
        assert page.context["form"]["name"].value() == "Administrator"
        assert page.context["user"].name == "Ada"


@pytest.mark.leak
class TestVisibility:
    """Each part of a profile is for everyone, for members, or for its owner."""

    @pytest.mark.parametrize(("wish", "sees"), [
        ("public", {"guest", "cleo", "ada"}), ("members", {"cleo", "ada"}), ("private", {"ada"}),
    ])  # fmt: skip
    def test_who_reads_the_sentences(self, ada, cleo, logged_in, client, wish, sees):
        Profile.objects.filter(user=ada).update(bio="I keep books.", visibility={"bio": wish})
        browsers = {"guest": client, "cleo": logged_in(cleo), "ada": logged_in(ada)}
        found = {
            who for who, browser in browsers.items() if "I keep books." in browser.get("/members/ada/").content.decode()
        }
        assert found == sees

    def test_a_suspended_member_reads_like_a_guest(self, ada, cleo):
        from datetime import timedelta

        from django.utils import timezone

        Profile.objects.filter(user=ada).update(bio="I keep books.")
        cleo.suspended_until = timezone.now() + timedelta(days=1)
        assert queries.profile_page(member=ada, viewer=cleo).bio == ""

    def test_figures_are_hidden_with_their_part(self, ada):
        Profile.objects.filter(user=ada).update(visibility={"circle": "private"})
        assert queries.profile_page(member=ada, viewer=AnonymousUser()).followers is None

    def test_a_closed_account_has_no_profile(self, ada, client):
        User.objects.update(is_active=False)
        assert client.get("/members/ada/").status_code == 404

    def test_another_spelling_of_the_handle_redirects(self, ada, client):
        assert client.get("/members/Ada/").headers["Location"] == "/members/ada/"


class TestConsent:
    def test_the_switch_holds_from_the_moment_it_is_saved(self, ada, logged_in):
        assert queries.is_personalized(ada)
        off = {name: value for name, value in PRIVACY.items() if name != "personalization"}
        page = logged_in(ada).post("/settings/privacy/", off, follow=True)
        assert "Your choices are saved" in page.content.decode()
        assert not queries.is_personalized(ada)
        fact = published(ConsentChanged)[-1]
        assert (fact.user_id, fact.purpose, fact.is_given) == (ada.pk, "analytics", False) or fact.purpose in {
            "mail",
            "personalization",
        }

    def test_each_change_is_one_row_and_no_change_is_none(self, ada, logged_in):
        client = logged_in(ada)
        client.post("/settings/privacy/", PRIVACY)
        before = Consent.objects.count()
        client.post("/settings/privacy/", PRIVACY)
        assert Consent.objects.count() == before
        client.post("/settings/privacy/", {**PRIVACY, "mail": "on"})
        rows = Consent.objects.filter(user=ada, purpose="mail").order_by("id").values_list("is_given", flat=True)
        assert list(rows) == [False, True]

    def test_a_new_text_asks_anew(self, ada, monkeypatch):
        from accounts import consent_texts

        monkeypatch.setitem(consent_texts._versions, Purpose.TERMS, lambda: "terms:2")
        operations.record_consent(user=ada, purpose=Purpose.TERMS, is_given=True)
        rows = Consent.objects.filter(purpose="terms").order_by("id").values_list("text_version", flat=True)
        assert list(rows) == [consent_texts.WRITTEN, "terms:2"]

    def test_postgres_refuses_to_change_or_delete_what_was_said(self, ada):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Consent.objects.update(is_given=False)
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Consent.objects.all().delete()
        assert list(Consent.objects.values_list("is_given", flat=True)) == [True]

    def test_many_members_are_asked_about_in_one_query(self, ada, ben, cleo, django_assert_num_queries):
        operations.record_consent(user=ben, purpose=Purpose.PERSONALIZATION, is_given=False)
        operations.record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        operations.record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=True)
        with django_assert_num_queries(1):
            consenting = set(queries.who_consents(purpose=Purpose.PERSONALIZATION))
        assert consenting == {ada, cleo}


class TestPreferences:
    def test_a_guest_changes_the_language_and_goes_on_reading(self, ada, client):
        answer = client.post("/preferences/", {"language": "zh-hans", "next": "/members/ada/"})
        assert answer.headers["Location"] == "/members/ada/"
        page = client.get("/members/ada/").content.decode()
        assert '<html lang="zh-hans"' in page

    def test_a_guest_changes_the_theme_before_the_first_paint(self, client):
        client.post("/preferences/", {"theme": "dark"})
        assert (
            '<html lang="zh-hans" data-theme="dark"'
            in client.get("/account/login/", headers={"accept-language": "zh"}).content.decode()
        )
        client.post("/preferences/", {"theme": ""})
        assert "data-theme" not in client.get("/account/login/").content.decode().split("<body>")[0]

    def test_a_member_finds_it_on_every_device(self, ada, logged_in):
        logged_in(ada).post("/preferences/", {"theme": "dark", "language": "zh-hans"})
        elsewhere = logged_in(ada)
        assert 'lang="zh-hans" data-theme="dark"' in elsewhere.get("/settings/profile/").content.decode()

    def test_one_does_not_touch_the_other(self, ada, logged_in):
        client = logged_in(ada)
        client.post("/preferences/", {"theme": "dark"})
        client.post("/preferences/", {"language": "zh-hans"})
        user = User.objects.get(pk=ada.pk)
        assert (user.theme, user.language) == ("dark", "zh-hans")

    @pytest.mark.parametrize("form", [{"language": "fr"}, {"theme": "loud"}])
    def test_what_does_not_exist_is_refused(self, client, form):
        assert client.post("/preferences/", form).status_code == 400

    def test_the_way_back_stays_on_the_site(self, client):
        answer = client.post("/preferences/", {"theme": "dark", "next": "https://elsewhere.example/"})
        assert answer.headers["Location"] == "/"

    def test_the_whole_page_saves_in_the_language_chosen(self, ada, logged_in):
        form = {
            "language": "zh-hans",
            "languages_read": ["zh-hans", "en"],
            "time_zone": "Europe/Berlin",
            "theme": "light",
        }
        client = logged_in(ada)
        assert client.post("/settings/preferences/", form).status_code == 302
        user = User.objects.get(pk=ada.pk)
        assert (user.language, user.reads, user.time_zone, user.theme) == (
            "zh-hans",
            ["zh-hans", "en"],
            "Europe/Berlin",
            "light",
        )
        assert '<html lang="zh-hans" data-theme="light"' in client.get("/settings/preferences/").content.decode()


@pytest.mark.parametrize(
    "path", ["/settings/", "/settings/profile/", "/settings/security/", "/settings/preferences/", "/settings/privacy/"]
)
def test_a_guest_is_asked_to_log_in(client, path):
    assert client.get(path).headers["Location"] == f"/account/login/?next={path}"
