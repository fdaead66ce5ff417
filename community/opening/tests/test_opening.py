"""The first run: one token, one school, one owner; then a checklist whose ticks are true."""

import pytest
from django.contrib.auth.models import Group
from django.core import signing
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from community.models import LegalText, School
from community.opening import operations, queries, tokens
from core.events import outbox
from core.events.models import OutboxMessage
from courses.operations import create_course, publish_course

pytestmark = pytest.mark.django_db
SAID = {
    "school": "Paper Boats", "language": "en", "currency": "USD", "accent": "plum", "name": "Eli Yi", "email": "Eli@School.test",
    "password": "seven boats on a pond",
}  # fmt: skip


def begin():
    return f"/open/{tokens.new_token()}/"


class TestTheToken:
    def test_the_command_prints_an_address_that_opens(self, capsys, page_of, settings):
        call_command("open_school")
        address = next(word for word in capsys.readouterr().out.split() if word.startswith("http"))
        assert page_of().get(address.removeprefix(settings.SITE_URL)).status_code == 200

    def test_an_invented_one_opens_nothing(self, page_of):
        page = page_of()
        assert page.get("/open/sesame/").status_code == 404
        assert page.post("/open/sesame/", SAID).status_code == 404
        assert not User.objects.exists()

    def test_one_for_another_purpose_opens_nothing(self, page_of):
        assert page_of().get(f"/open/{signing.dumps('open', salt='elsewhere')}/").status_code == 404

    def test_after_a_day_it_opens_nothing(self, page_of, monkeypatch):
        address = begin()
        monkeypatch.setattr(tokens, "GOOD_FOR_SECONDS", -1)
        assert page_of().get(address).status_code == 404

    def test_it_opens_once(self, page_of):
        address = begin()
        page_of().post(address, SAID)
        second = page_of().post(address, SAID | {"email": "thief@school.test", "school": "Stolen"})
        assert second.status_code == 404
        assert [user.email for user in User.objects.all()] == ["eli@school.test"]
        assert School.objects.get().name_en == "Paper Boats"

    def test_of_two_openings_one_wins_whole(self):
        owner = operations.Owner(name="Eli", email="eli@school.test", password="seven boats on a pond")
        other = operations.Owner(name="Eva", email="eva@school.test", password="seven boats on a pond")
        operations.open_school(owner=owner, name="A", language="en", currency="CNY", accent="pine")
        with pytest.raises(operations.AlreadyOpen), transaction.atomic():
            operations.open_school(owner=other, name="B", language="en", currency="CNY", accent="pine")
        assert User.objects.count() == 1


class TestOpening:
    def test_it_makes_the_owner_and_the_school(self, page_of, settings):
        settings.SCHOOL_TIME_ZONE = "Europe/Lisbon"
        page = page_of()
        answer = page.post(begin(), SAID)
        assert answer.headers["Location"] == "/open/"
        owner, school = User.objects.get(), School.objects.get()
        assert (owner.name, owner.email, owner.is_staff, owner.is_superuser) == (
            "Eli Yi",
            "eli@school.test",
            True,
            True,
        )
        assert owner.check_password("seven boats on a pond")
        assert owner.time_zone == "Europe/Lisbon"
        assert (school.name, school.language, school.currency, school.accent) == ("Paper Boats", "en", "USD", "plum")
        assert page.session["_auth_user_id"] == str(owner.pk)

    def test_a_poor_password_is_refused_and_what_was_typed_is_kept(self, page_of):
        answer = page_of().post(begin(), SAID | {"password": "elischool1"[:6]})
        assert answer.status_code == 422
        assert "Paper Boats" in answer.content.decode()
        assert not School.objects.exists()

    def test_legal_drafts_are_loaded_once(self, tmp_path):
        (tmp_path / "terms.en.md").write_text("# Terms\n\nBe kind.")
        (tmp_path / "terms.zh-hans.md").write_text("# 条款\n\n与人为善。")
        (tmp_path / "terms.fr.md").write_text("Soyez gentils.")
        (tmp_path / "README.md").write_text("not a text")
        assert (operations.load_legal_drafts(tmp_path), operations.load_legal_drafts(tmp_path)) == (2, 0)
        assert "<p>Be kind.</p>" in LegalText.objects.get(kind="terms", language="en").html


class TestBefore:
    def test_a_guest_reads_that_the_school_is_not_open(self, page_of):
        assert "This school is not open yet" in page_of().get("/").content.decode()

    def test_and_meets_it_when_it_is(self, page_of):
        page_of().post(begin(), SAID)
        html = page_of().get("/").content.decode()
        assert "Paper Boats" in html
        assert "not open yet" not in html


class TestTheChecklist:
    def ticks(self):
        return [step.is_done for step in queries.checklist()]

    def test_it_is_the_owners(self, page_of, eli, dora, ben):
        assert page_of(eli).get("/open/").status_code == 200
        assert page_of(dora).get("/open/").status_code == 404
        assert page_of(ben).get("/open/").status_code == 404
        assert page_of().get("/open/").status_code == 302

    def test_every_tick_is_a_query(self, eli, ada, settings):
        settings.SANDBOX_URL = settings.SANDBOX_SECRET_KEY = settings.SANDBOX_WEBHOOK_SECRET = ""
        User.objects.filter(pk=ada.pk).update(is_staff=True)
        assert self.ticks() == [False] * 5
        publish_course(course=create_course(by=ada, title="Bread", language="en", summary="Flour"), by=ada)
        assert self.ticks() == [True, False, False, False, False]
        settings.SANDBOX_URL, settings.SANDBOX_SECRET_KEY, settings.SANDBOX_WEBHOOK_SECRET = (
            "http://127.0.0.1:1",
            "a",
            "b",
        )
        assert self.ticks() == [True, True, False, False, False]
        outbox.enqueue(kind="mail", key="mail:1", payload={})
        OutboxMessage.objects.update(done_at=timezone.now())
        assert self.ticks() == [True, True, True, False, False]
        LegalText.objects.create(kind="rules", language="en", version=2, source="Be kind.")
        assert self.ticks() == [True, True, True, True, False]
        User.objects.filter(pk=ada.pk).update(is_staff=False)
        assert self.ticks() == [True] * 5


def test_the_owner_can_make_somebody_a_moderator_who_sees_reports_and_no_money(page_of, member):
    page_of().post(begin(), SAID)
    dora = member("Dora", is_staff=True)
    dora.groups.add(Group.objects.get(name="Moderators"))
    wanted = ("forum.change_flag", "forum.view_post", "payments.view_order", "accounts.view_user")
    assert [dora.has_perm(right) for right in wanted] == [True, True, False, False]
