"""What is declared here: our own requests, the other parts of the core, and what third parties store about people."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from core.events import outbox
from core.events.models import StoredFact, WaitingFact
from core.web import mail

from .models import ErasureRequest, ExportRequest, Tombstone
from .registry import DELETE, Row, covers, erases, exempt, exports

_SECRET = "it would let its reader in"  # noqa: S105 - a reason, not a secret


def declare() -> None:
    """Fill the registry with all of this module's declarations."""
    _declare_requests()
    _declare_core()
    _declare_groups()
    _declare_entrance()


def _declare_requests() -> None:
    covers(ErasureRequest, exporting=["asked_at", "due_at", "withdrawn_at", "done_at"], erasing={})
    exempt(ErasureRequest, erasure="it proves that the wish was carried out, under a bare number")
    exempt(Tombstone, export="whoever is on it can no longer ask", erasure="a restored backup is made to forget by it")
    exports(ExportRequest)(_export_requests)
    erases(ExportRequest)(_erase_requests)


def _export_requests(user: Any) -> Iterator[Row]:
    yield from ExportRequest.objects.filter(user_id=user.pk).order_by("pk").values("asked_at", "made_at", "expires_at")


def _erase_requests(user: Any) -> None:
    mine = ExportRequest.objects.filter(user_id=user.pk)
    for request in mine.exclude(file_name=""):
        outbox.enqueue(
            kind="privacy.discard", key=f"privacy.discard:{request.pk}", payload={"file_name": request.file_name}
        )
    mine.delete()


def _declare_core() -> None:
    for facts in (StoredFact, WaitingFact):
        exports(facts)(partial(_export_facts, facts))
        exempt(facts, erasure="facts hold ids, numbers and codes only, and the id no longer leads to a name")
    entry, seal = (apps.get_model("audit", name) for name in ("AuditEntry", "AuditSeal"))
    for model in (entry, seal):
        exempt(
            model,
            export="the log protects all members; who is asked about is told by the school in person",
            erasure="a log that can be edited protects nobody; it holds ids and no names",
        )
    exempt(
        apps.get_model("search", "SearchDocument"),
        export="it is a copy of what other parts export",
        erasure="it is a copy; what it was made from is erased or renamed, and indexed again",
    )
    exempt(
        apps.get_model("realtime", "Message"),
        export="it repeats for a week what stands on the pages",
    )
    erases(apps.get_model("realtime", "Message"))(_erase_live_messages)
    _declare_web()


def _declare_web() -> None:
    covers(
        apps.get_model("web", "ApiToken"),
        exporting=["name", "hint", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"],
        omitting={"digest": _SECRET},
    )
    covers(
        apps.get_model("web", "DoneOnce"),
        person="actor_id",
        exporting=["scope", "key", "done_at"],
        omitting={"fingerprint": "it is a check sum", "result": "it repeats what the act itself stored"},
    )


def _erase_live_messages(user: Any) -> None:
    """Those of the person's own stream; what was said in others is forgotten after a week."""
    apps.get_model("realtime", "Message").objects.filter(stream=f"user:{user.pk}").delete()


def _export_facts(facts: type[StoredFact | WaitingFact], user: Any) -> Iterator[Row]:
    mine = facts.objects.filter(actor_id=user.pk).order_by("id")
    yield from mine.values("happened_at", "name", "subject", "payload").iterator(chunk_size=1_000)


def _declare_groups() -> None:
    user = get_user_model()
    covers(user.groups.through, exporting=["group__name", "group"], erasing=DELETE)
    covers(user.user_permissions.through, exporting=["permission__codename", "permission"], erasing=DELETE)
    covers(
        apps.get_model("admin", "LogEntry"),
        exporting=["action_time", "action_flag", "change_message", "content_type", "object_id"],
        omitting={"object_repr": "it may be the name of somebody else"},
        erasing=DELETE,
    )


def _declare_entrance() -> None:
    model = apps.get_model
    covers(model("account", "EmailAddress"), exporting=["email", "verified", "primary"])
    erases(model("account", "EmailAddress"))(_erase_addresses)
    covers(
        model("account", "EmailConfirmation"),
        person="email_address__user",
        exporting=["created", "sent"],
        omitting={"key": _SECRET},
    )
    covers(
        model("socialaccount", "SocialAccount"),
        exporting=["provider", "uid", "last_login", "date_joined", "extra_data"],
    )
    covers(
        model("socialaccount", "SocialToken"),
        person="account__user",
        exporting=["expires_at"],
        omitting={"token": _SECRET, "token_secret": _SECRET, "app": "it is the school's, not the person's"},
    )
    covers(model("mfa", "Authenticator"), exporting=["type", "created_at", "last_used_at"], omitting={"data": _SECRET})
    _declare_sessions(model("usersessions", "UserSession"))


def _erase_addresses(user: Any) -> None:
    """With every address goes what waits in the outbox to be sent to it."""
    mine = apps.get_model("account", "EmailAddress").objects.filter(user_id=user.pk)
    for address in {user.email, *mine.values_list("email", flat=True)}:
        mail.forget(address=address)
    mine.delete()


def _declare_sessions(model: Any) -> None:
    covers(
        model,
        exporting=["created_at", "ip", "last_seen_at", "user_agent"],
        omitting={"session_key": _SECRET, "data": "it repeats what the session holds, which is secret"},
    )

    @erases(model)
    def end_sessions(user: Any) -> None:
        mine = model.objects.filter(user_id=user.pk)
        Session.objects.filter(session_key__in=mine.values("session_key")).delete()
        mine.delete()
