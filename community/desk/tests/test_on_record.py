"""Whoever changes something at the desk is on record, in words."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import RequestFactory

from accounts.models import User
from core.audit import acts, record
from core.audit.admin import Audited
from core.audit.models import AuditEntry
from payments.models import Entitlement

ROOT = Path(settings.BASE_DIR)


@pytest.mark.django_db
def test_every_list_where_something_can_be_changed_is_on_record(eli):
    request = RequestFactory().get("/desk/")
    request.user = eli
    changeable = {
        model
        for model, page in admin.site._registry.items()
        if page.has_add_permission(request)
        or page.has_change_permission(request)
        or page.has_delete_permission(request)
    }
    assert User in changeable
    # Access is given by an operation, which notes it.
    assert {
        model for model in changeable - {Entitlement} if not isinstance(admin.site._registry[model], Audited)
    } == set()


@pytest.mark.django_db
class TestRoles:
    @pytest.fixture
    def desk(self, eli, desk_of):
        return desk_of(eli, language="en")

    def said(self, member, **changes):
        data = {
            "name": member.name, "username": member.username, "email": member.email, "language": "en", "time_zone": "Asia/Shanghai",
            "theme": "", "is_active": "on", **changes,
        }  # fmt: skip
        return {name: value for name, value in data.items() if value is not None}

    def notes(self):
        return list(AuditEntry.objects.order_by("pk").values_list("actor_id", "act", "subject", "before", "after"))

    def test_who_gave_which_to_whom(self, desk, eli, ben):
        moderators = Group.objects.create(name="Moderators")
        answer = desk.post(
            f"/desk/accounts/user/{ben.pk}/change/", self.said(ben, is_staff="on", groups=[moderators.pk])
        )
        assert answer.status_code == 302
        nothing = {"is_staff": False, "is_superuser": False, "groups": []}
        [roles, change] = self.notes()
        assert roles == (
            eli.pk, "accounts.change_roles", f"user:{ben.pk}", nothing, nothing | {"is_staff": True, "groups": ["Moderators"]},
        )  # fmt: skip
        assert change[:3] == (eli.pk, "desk.change", f"accounts.user:{ben.pk}")

    def test_a_new_name_is_no_new_role(self, desk, ben):
        desk.post(f"/desk/accounts/user/{ben.pk}/change/", self.said(ben, name="Benjamin"))
        assert [note[1] for note in self.notes()] == ["desk.change"]

    def test_a_new_password(self, desk, eli, ben):
        said = {"password1": "a lantern by the door", "password2": "a lantern by the door", "usable_password": "true"}
        assert desk.post(f"/desk/accounts/user/{ben.pk}/password/", said).status_code == 302
        assert [note[:3] for note in self.notes()] == [(eli.pk, "desk.change", f"accounts.user:{ben.pk}")]

    def test_languages_are_called_by_their_names(self, desk, ben):
        User.objects.filter(pk=ben.pk).update(languages_read=["zh-hans", "en"])
        assert "简体中文 · English" in desk.get(f"/desk/accounts/user/{ben.pk}/change/").content.decode()


def written():
    """Every act that the code records, by where it does."""
    for room in settings.INSTALLED_APPS:
        for file in sorted((ROOT / room.split(".apps")[0].replace(".", "/")).rglob("*.py")):
            if "tests" in file.parts or "act=" not in (text := file.read_text()):
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.keyword) and node.arg == "act" and isinstance(node.value, ast.Constant):
                    yield node.value.value, file.name


def test_every_act_has_words():
    found = {act: where for act, where in written() if "." in act}
    assert len(found) >= 40
    assert {act: where for act, where in found.items() if acts.in_words(act) == act} == {}
    assert acts.named() - set(found) == set(), "words for what nobody does"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "Hid a post"), ("zh-hans", "隐藏了一个帖子")])
def test_the_log_is_read_and_filtered_in_words(eli, desk_of, language, words):
    record(by=eli, act="forum.hide_post", subject="post:7")
    record(by=eli, act="topics.merge", subject="topic:9")
    html = desk_of(eli, language=language).get("/desk/audit/auditentry/?act=forum.hide_post").content.decode()
    rows = html.partition("<tbody")[2].partition("</tbody>")[0]
    assert [one for one in (words, "post:7", "Eli", "topic:9", ">forum.hide_post<") if one in rows] == [
        words,
        "post:7",
        "Eli",
    ]
    # What is not in the log is not offered.
    assert ("?act=topics.merge" in html, "?act=surveys.create" in html) == (True, False)


@pytest.mark.django_db
def test_an_entry_is_called_in_words_and_outlives_whoever_acted(desk_of, eli):
    record(by=2**40, act="forum.hide_post", subject="post:7")
    [entry] = AuditEntry.objects.all()
    html = desk_of(eli, language="en").get(f"/desk/audit/auditentry/{entry.pk}/change/").content.decode()
    assert ("Hid a post post:7" in html, str(2**40) in html, "forum.hide_post" in html) == (True, True, False)
