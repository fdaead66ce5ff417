"""What is stored about somebody can be had, and is gone when they are."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core.events.models import OutboxMessage
from core.events.testing import published
from core.privacy import exporting, mapping, operations, queries, registry
from core.privacy.events import Erased
from core.privacy.models import ErasureRequest, ExportRequest, Tombstone
from core.privacy.registry import Attachment, Cover, covers, erases, exempt, exports
from core.realtime.models import Message


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def clock(time_machine):
    """A clock that stands still until the test moves it on."""
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


@pytest.fixture
def ada(db):
    return get_user_model().objects.create_user("ada@canary.test", username="ada-canary", name="Ada Canary")


@pytest.fixture
def cleo(db):
    return get_user_model().objects.create_user("cleo@canary.test", username="cleo-canary", name="Cleo Canary")


@pytest.fixture
def own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_covers", {})


def archive_of(user):
    request = operations.ask_for_export(by=user)
    operations.make_export(request=request)
    request.refresh_from_db()
    with zipfile.ZipFile(operations.folder() / request.file_name) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestMap:
    def test_every_model_that_leads_to_a_person_is_on_it(self):
        assert mapping.uncovered() == []

    def test_a_model_that_nobody_declared_is_noticed(self, monkeypatch):
        gone = {model: cover for model, cover in registry.known().items() if model is not ExportRequest}
        monkeypatch.setattr(registry, "_covers", gone)
        assert mapping.uncovered() == ["privacy.ExportRequest lacks an exporter, an eraser"]

    def test_a_model_behind_another_one_is_noticed(self):
        confirmation = next(model for model in mapping.depths() if model._meta.label == "account.EmailConfirmation")
        assert mapping.depths()[confirmation] == 2

    def test_a_bare_number_of_a_person_is_noticed(self):
        labels = {model._meta.label for model in mapping.depths()}
        assert {"events.StoredFact", "audit.AuditEntry", "privacy.Tombstone"} <= labels

    def test_a_field_that_nobody_classed_is_noticed(self, own_registry):
        covers(ErasureRequest, exporting=["asked_at"], omitting={"due_at": "a reason"})
        assert registry.known()[ErasureRequest].lacks == ["a word about withdrawn_at", "a word about done_at"]

    def test_an_exemption_needs_its_reason(self, own_registry):
        exempt(Tombstone, export="a reason")
        assert registry.known()[Tombstone].lacks == ["an eraser"]
        assert Cover().lacks == ["an exporter", "an eraser"]

    def test_the_map_can_be_read(self, capsys):
        call_command("privacy_map")
        assert "events.StoredFact: exported; not erased: facts hold ids" in capsys.readouterr().out


@pytest.mark.django_db
class TestExport:
    def test_holds_what_is_mine_and_nothing_of_others(self, ada, cleo):
        ada.emailaddress_set.create(email="ada@canary.test", verified=True, primary=True)
        cleo.emailaddress_set.create(email="cleo@canary.test", verified=True, primary=True)
        files = archive_of(ada)
        assert json.loads(files["account/emailaddress.json"]) == [
            {"email": "ada@canary.test", "verified": True, "primary": True}
        ]
        assert json.loads(files["accounts/user.json"])[0]["name"] == "Ada Canary"
        assert [name for name, content in files.items() if b"cleo" in content.lower()] == []

    def test_lets_nobody_in(self, ada):
        ada.set_password("a lantern in the rain")
        ada.save()
        ada.authenticator_set.create(type="totp", data={"secret": "canary-secret"})
        files = archive_of(ada)
        assert json.loads(files["mfa/authenticator.json"])[0]["type"] == "totp"
        assert [name for name, content in files.items() if b"canary-secret" in content or b"argon2" in content] == []

    def test_the_manifest_counts_and_gives_reasons(self, ada):
        manifest = json.loads(archive_of(ada)["manifest.json"])
        assert manifest["rows"]["accounts/user"] == 1
        assert manifest["left_out"]["audit/auditentry"].startswith("the log protects")

    def test_takes_files_along_and_keeps_them_in_their_folder(self, ada, own_registry, tmp_path):
        @exports(ErasureRequest)
        def with_file(user):
            yield {"asked_at": None}
            yield Attachment(name="../../etc/喵.txt", open=lambda: BytesIO("你好".encode()))

        exporting.write(user=ada, target=tmp_path / "made.zip")
        with zipfile.ZipFile(tmp_path / "made.zip") as archive:
            assert archive.namelist() == [
                "privacy/erasurerequest/0-喵.txt",
                "privacy/erasurerequest.json",
                "manifest.json",
            ]
            assert archive.read("privacy/erasurerequest/0-喵.txt").decode() == "你好"
        assert (tmp_path / "made.zip").stat().st_mode & 0o077 == 0

    def test_asking_twice_makes_one(self, ada, worker):
        first = operations.ask_for_export(by=ada)
        assert operations.ask_for_export(by=ada) == first
        worker()
        first.refresh_from_db()
        operations.make_export(request=ExportRequest(pk=first.pk, user_id=ada.pk))
        assert [path.name for path in operations.folder().iterdir()] == [first.file_name]

    def test_is_fetched_by_its_owner_only_and_for_a_day(self, ada, cleo, worker, clock):
        request = operations.ask_for_export(by=ada)
        assert queries.fetchable_export(ada, request.pk) is None
        worker()
        assert (queries.fetchable_export(ada, request.pk), queries.newest_export(ada)) == (request, request)
        assert queries.fetchable_export(cleo, request.pk) is None
        clock.shift(timedelta(hours=24, seconds=1))
        assert (queries.fetchable_export(ada, request.pk), queries.newest_export(ada)) == (None, None)
        assert operations.discard_exports(as_of=timezone.now()) == 1
        assert list(operations.folder().iterdir()) == []

    def test_of_somebody_erased_meanwhile_is_not_made(self, ada, worker):
        operations.ask_for_export(by=ada)
        operations.erase(user_id=ada.pk)
        worker()
        assert list(operations.folder().iterdir()) == []


def texts_in_every_table():
    """All that the database holds, as text, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(row::text, chr(10)), '') FROM \"{table}\" AS row")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
class TestErasure:
    def test_waits_for_14_days_and_can_be_withdrawn(self, ada, clock):
        request = operations.ask_for_erasure(by=ada)
        assert operations.ask_for_erasure(by=ada) == request == queries.open_erasure(ada)
        clock.shift(timedelta(days=14, seconds=-1))
        assert operations.erase_due(as_of=timezone.now()) == 0
        assert operations.withdraw_erasure(by=ada) is True
        clock.shift(timedelta(days=1))
        assert operations.erase_due(as_of=timezone.now()) == 0
        ada.refresh_from_db()
        assert (ada.name, queries.open_erasure(ada), operations.withdraw_erasure(by=ada)) == ("Ada Canary", None, False)

    def test_is_done_when_it_is_due(self, ada, clock):
        request = operations.ask_for_erasure(by=ada)
        clock.shift(timedelta(days=14, seconds=1))
        assert (operations.erase_due(as_of=timezone.now()), operations.erase_due(as_of=timezone.now())) == (1, 0)
        request.refresh_from_db()
        assert request.done_at is not None
        assert [fact.user_id for fact in published(Erased)] == [ada.pk]

    def test_leaves_no_trace_of_one_and_all_of_the_other(self, ada, cleo, worker):
        for user in (ada, cleo):
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
            user.usersession_set.create(
                ip="203.0.113.9", user_agent=f"Browser of {user.name}", session_key=user.username
            )
            Session.objects.create(session_key=user.username, session_data="x", expire_date=timezone.now())
            operations.ask_for_export(by=user)
        worker()
        before = texts_in_every_table()
        assert sum("ada" in text.lower() and "canary" in text.lower() for text in before.values()) >= 4
        operations.erase(user_id=ada.pk)
        worker()
        after = texts_in_every_table()
        assert [
            table
            for table, text in after.items()
            if "ada@canary" in text or "ada-canary" in text or "Ada Canary" in text
        ] == []
        assert [table for table, text in before.items() if text.count("cleo") != after[table].count("cleo")] == []
        # The file of the erased one went through the outbox; the other's is there.
        assert len(list(operations.folder().iterdir())) == 1

    def test_takes_along_the_letters_that_wait_and_the_live_messages(self, ada, cleo):
        for user in (ada, cleo):
            payload = {"to": user.email, "subject": f"For {user.name}", "text": "", "html": "", "language": "en"}
            OutboxMessage.objects.create(kind="mail", key=user.username, payload=payload, due_at=timezone.now())
            Message.objects.create(stream=f"user:{user.pk}", seq=1, action="toast", html={"en": user.name})
        operations.erase(user_id=ada.pk)
        assert list(OutboxMessage.objects.values_list("key", flat=True)) == ["cleo-canary"]
        assert list(Message.objects.values_list("stream", flat=True)) == [f"user:{cleo.pk}"]

    def test_keeps_the_row_under_a_number_that_nobody_can_enter_as(self, ada):
        operations.erase(user_id=ada.pk)
        ada.refresh_from_db()
        assert (ada.email, ada.username, ada.name) == (f"former-{ada.pk}@erased.invalid", f"former-{ada.pk}", "")
        assert (ada.is_active, ada.has_usable_password(), str(ada)) == (False, False, "Former member")

    def test_again_changes_nothing(self, ada, clock):
        operations.erase(user_id=ada.pk)
        before = texts_in_every_table()
        clock.shift(timedelta(days=1))
        operations.erase(user_id=ada.pk)
        after = texts_in_every_table()
        assert {table for table in after if after[table] != before[table]} == {"events_intake"} & set(after)

    def test_after_a_restore_is_done_again(self, ada, cleo):
        operations.erase(user_id=ada.pk)
        get_user_model().objects.filter(pk=ada.pk).update(name="Ada Canary")
        assert operations.erase_again() == 1
        assert list(get_user_model().objects.order_by("pk").values_list("name", flat=True)) == ["", "Cleo Canary"]

    def test_one_room_that_fails_leaves_everything_as_it_was_and_others_go_on(self, ada, cleo, clock, caplog):
        for user in (ada, cleo):
            operations.ask_for_erasure(by=user)
        clock.shift(timedelta(days=15))
        eraser = registry.known()[get_user_model()].eraser

        @erases(get_user_model())
        def refuse(user):
            if user.pk == ada.pk:
                raise RuntimeError("this room cannot forget")
            eraser(user)

        try:
            assert operations.erase_due(as_of=timezone.now()) == 1
        finally:
            erases(get_user_model())(eraser)
        assert "could not be carried out" in caplog.text
        assert list(Tombstone.objects.values_list("erased_id", flat=True)) == [cleo.pk]
        assert operations.erase_due(as_of=timezone.now()) == 1

    def test_goes_from_the_furthest_to_the_person(self, ada, own_registry):
        order = []
        confirmation = next(model for model in mapping.depths() if model._meta.label == "account.EmailConfirmation")
        for model in (get_user_model(), confirmation, ErasureRequest):
            erases(model)(lambda user, model=model: order.append(model._meta.object_name))
        operations.erase(user_id=ada.pk)
        assert order == ["EmailConfirmation", "ErasureRequest", "User"]


def test_requests_wait_in_the_outbox(ada):
    request = operations.ask_for_export(by=ada)
    [message] = OutboxMessage.objects.all()
    assert (message.kind, message.payload) == ("privacy.export", {"request_id": request.pk})
