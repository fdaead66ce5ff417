"""What staff did is on record, in a chain that shows every later touch."""

import io
import json
import os
import threading

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import Error, connection, transaction

from core import audit
from core.audit import queries
from core.audit.middleware import NoteAddress
from core.audit.models import AuditEntry, AuditSeal
from core.audit.recording import client_address
from core.audit.verification import verify

CHANGES = [
    f"{verb} {table}{rest}"
    for table in ("audit_auditentry", "audit_auditseal")
    for verb, rest in (("UPDATE", " SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
]
CHANGES = [change.replace("auditseal SET id = id", "auditseal SET hash = ''") for change in CHANGES]


def act(number=1, **said):
    with transaction.atomic():
        audit.record(
            **{
                "by": 7,
                "act": "forum.hide_post",
                "subject": f"post:{number}",
                "reason": "spam",
                "after": {"hidden": True},
                **said,
            }
        )


@pytest.fixture
def owner(own_database):
    """A connection with the rights of the tables' owner: what a thief of the database would have."""
    made = psycopg2.connect(os.environ["MIGRATE_DATABASE_URL"], dbname=own_database)
    yield made
    made.close()


def verified(*arguments):
    out = io.StringIO()
    try:
        call_command("audit_verify", *arguments, stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.mark.django_db
class TestRecording:
    def test_stores_who_did_what_to_what(self):
        token = client_address.set("203.0.113.7")
        act(before={"hidden": False, "flags": ["spam", "rude"]}, reason="spam\r\nand   worse")
        client_address.reset(token)
        [entry] = AuditEntry.objects.all()
        assert (entry.actor_id, entry.act, entry.subject, entry.reason) == (
            7,
            "forum.hide_post",
            "post:1",
            "spam and worse",
        )
        assert (entry.before, entry.after) == ({"hidden": False, "flags": ["spam", "rude"]}, {"hidden": True})
        assert entry.address == "203.0.113.7"

    @pytest.mark.parametrize(
        "said",
        [
            {"after": {"password": "x"}},
            {"before": {"webhook_secret": "x"}},
            {"after": {"body": "a word " * 50}},
            {"after": {"rate": 0.5}},
            {"after": {"nested": {"a": 1}}},
            {"act": "Hide the post"},
            {"subject": "the post"},
        ],
    )
    def test_secrets_messages_and_what_cannot_be_read_back_are_refused(self, said):
        with pytest.raises(ValueError):
            act(**said)
        assert AuditEntry.objects.count() == 0


def test_recording_outside_a_transaction_is_refused(own_database):
    with pytest.raises(RuntimeError):
        audit.record(by=7, act="forum.hide_post", subject="post:1")


class TestChain:
    def test_a_clean_chain_is_counted_and_its_head_can_be_noted(self, own_database):
        for number in (1, 2, 3):
            act(number, by=None if number == 2 else 7)
        number, head = queries.head()
        assert verified() == (0, ["3 audit entries, 0 wrong", f"head 3:{head}"])
        assert verified("--expect", f"{number}:{head}")[0] == 0

    def test_an_act_that_was_rolled_back_leaves_no_link(self, own_database):
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
        act(2)
        assert [seal.entry.subject for seal in AuditSeal.objects.order_by("number")] == ["post:2"]
        assert verify().violations == []

    def test_an_export_can_be_checked_without_us(self, own_database):
        import hashlib

        act(1, reason="广告")
        act(2)
        out = io.StringIO()
        call_command("audit_export", stdout=out)
        before = "0" * 64
        for line in out.getvalue().splitlines():
            row = json.loads(line)
            said = {name: row[name] for name in row if name not in {"number", "digest", "hash"}}
            plain = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            assert hashlib.sha256(plain.encode()).hexdigest() == row["digest"]
            before = hashlib.sha256((before + row["digest"]).encode()).hexdigest()
            assert before == row["hash"]
        assert queries.head() == (2, before)

    @pytest.mark.race
    def test_acts_at_once_make_one_chain(self, own_database):
        barrier = threading.Barrier(8)

        def run(number):
            try:
                connection.ensure_connection()
                barrier.wait(timeout=20)
                for step in range(5):
                    act(number * 10 + step)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert verify().violations == []
        assert queries.head()[0] == 40

    @pytest.mark.race
    @pytest.mark.parametrize(("lock", "seconds", "outcome"), [
        ("PERFORM pg_advisory_xact_lock(7201845332);", 0.2, {"done": 3}), ("", 2, {"done": 1, "IntegrityError": 2}),
    ], ids=["", "control: without the lock"])  # fmt: skip
    def test_acts_at_once_wait_for_each_other_s_commit(self, own_database, owner, at_once, lock, seconds, outcome):
        with owner, owner.cursor() as cursor:
            cursor.execute("SELECT pg_get_functiondef('audit_seal_entry'::regproc)")
            made = cursor.fetchone()[0]
            # The wait stands for a busy machine: everybody has read the last link before anybody commits, if nothing prevents it.
            slow = made.replace("RETURN NULL", f"PERFORM pg_sleep({seconds}); RETURN NULL")
            cursor.execute(slow.replace("PERFORM pg_advisory_xact_lock(7201845332);", lock))
        assert at_once(*[lambda number=number: act(number) for number in range(3)]) == outcome


class TestRefusing:
    def test_the_site_may_change_nothing(self, own_database):
        act()
        codes = []
        for change in CHANGES:
            with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
            codes.append((refused.value.__cause__.pgcode, "permission denied" in str(refused.value)))
        assert codes == [("42501", True)] * 6

    def test_triggers_refuse_the_owner_too(self, own_database, owner):
        act()
        for change in CHANGES:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
                owner.cursor().execute(change)
            owner.rollback()
        assert verify().violations == []


class TestTampering:
    """What an owner can do who switches the triggers off; the chain shows it."""

    def tamper(self, owner, *statements):
        with owner, owner.cursor() as cursor:
            for table in ("audit_auditentry", "audit_auditseal"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement)

    @pytest.fixture(autouse=True)
    def _acts(self, own_database):
        for number in (1, 2, 3):
            act(number)

    def test_a_changed_entry_is_noticed(self, owner):
        self.tamper(owner, "UPDATE audit_auditentry SET reason = 'none' WHERE subject = 'post:2'")
        pk = AuditEntry.objects.get(subject="post:2").pk
        assert verify().violations == [f"entry {pk} is not what was recorded"]
        assert verified()[0] == 1

    def test_a_changed_entry_with_its_digest_made_anew_is_noticed(self, owner):
        from core.audit.verification import _digest

        entry = AuditEntry.objects.get(subject="post:2")
        entry.reason = "none"
        statement = f"UPDATE audit_auditentry SET reason = 'none', digest = '{_digest(entry)}' WHERE id = {entry.pk}"
        self.tamper(owner, statement)
        assert verify().violations == ["link 2 does not follow from the one before it"]

    def test_a_removed_entry_is_noticed(self, owner):
        gone = AuditSeal.objects.get(number=2)
        self.tamper(
            owner,
            "DELETE FROM audit_auditseal WHERE number = 2",
            f"DELETE FROM audit_auditentry WHERE id = {gone.entry_id}",
        )
        assert verify().violations == [
            "link 2 is missing: the next one is 3",
            "link 3 does not follow from the one before it",
        ]

    def test_an_entry_slipped_in_is_noticed(self, owner):
        self.tamper(
            owner,
            "INSERT INTO audit_auditentry (happened_at, act, subject, reason, address, request_id, digest) "
            "VALUES (now(), 'forum.hide_post', 'post:9', '', '', '', '')",
        )
        assert [violation.endswith("is in no link of the chain") for violation in verify().violations] == [True]

    def test_a_cut_off_end_is_noticed_by_who_noted_the_head(self, owner):
        number, head = queries.head()
        last = AuditSeal.objects.get(number=3)
        self.tamper(
            owner,
            "DELETE FROM audit_auditseal WHERE number = 3",
            f"DELETE FROM audit_auditentry WHERE id = {last.entry_id}",
        )
        assert verify().violations == []
        assert verify(expected=(number, head)).violations == ["the chain ends at 2, and 3 was noted"]


class TestAddress:
    @pytest.mark.parametrize(("proxies", "noted"), [(0, "192.0.2.7"), (1, "198.51.100.2"), (2, "203.0.113.9")])
    def test_only_configured_proxies_are_believed(self, rf, settings, proxies, noted):
        settings.TRUSTED_PROXIES = proxies
        seen = []
        request = rf.get(
            "/", REMOTE_ADDR="192.0.2.7", headers={"x-forwarded-for": "10.0.0.1, 203.0.113.9, 198.51.100.2"}
        )
        NoteAddress(lambda _: seen.append(client_address.get()))(request)
        assert (seen, client_address.get()) == ([noted], "")


@pytest.mark.django_db
def test_a_change_at_the_desk_is_recorded_by_the_names_of_its_fields(rf):
    from django.contrib import admin

    from core.audit.admin import Audited

    User = get_user_model()
    eli = User.objects.create_superuser("eli@example.org", "p" * 12, username="eli", name="Eli")
    request = rf.post("/")
    request.user = eli
    page = Audited(User, admin.site)
    page.log_change(request, eli, [{"changed": {"fields": ["name", "language"]}}])
    page.log_addition(request, eli, [{"added": {}}])
    page.log_deletions(request, User.objects.filter(pk=eli.pk))
    assert list(AuditEntry.objects.order_by("pk").values_list("actor_id", "act", "subject", "after")) == [
        (eli.pk, "desk.change", f"accounts.user:{eli.pk}", {"fields": ["language", "name"]}),
        (eli.pk, "desk.add", f"accounts.user:{eli.pk}", {"fields": []}),
        (eli.pk, "desk.delete", f"accounts.user:{eli.pk}", None),
    ]
