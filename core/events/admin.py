"""What failed, at the desk: facts that a listener could not take, and messages that would not leave."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from core.audit.admin import Readable, Waiting

from . import operations, outbox
from .models import DeadLetter, OutboxMessage


@admin.register(DeadLetter)
class DeadLetterAdmin(Readable):
    """Facts that a listener could not take; once the fault is mended, they are handed over again."""

    list_display = ("fact_name", "listener", "created_at", "last_line", "resolved_at")
    list_filter = (Waiting.on("resolved_at"), "listener")
    search_fields = ("fact_name", "listener", "error")
    ordering = ("-pk",)
    actions = ("hand_over_again",)

    @admin.display(description=gettext_lazy("error"))
    def last_line(self, letter: DeadLetter) -> str:
        """The last line of the error, which names it."""
        return letter.error.strip().rpartition("\n")[2][:120]

    @admin.action(description=gettext_lazy("Hand over again"), permissions=["retry"])
    def hand_over_again(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> None:
        """Give each chosen fact to its listener once more."""
        taken = 0
        for letter in queryset.order_by("position"):
            try:
                operations.retry_dead_letter(letter=letter)
            except Exception as error:  # noqa: BLE001 - whatever the handler raises is told to whoever asked
                messages.error(request, f"{letter}: {type(error).__name__}: {error}")
            else:
                taken += 1
        said = ngettext("%(count)d fact was taken.", "%(count)d facts were taken.", taken) % {"count": taken}
        messages.success(request, said)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who may change a dead letter may have it read again."""
        return bool(request.user.has_perm("events.change_deadletter"))


class ByKind(admin.SimpleListFilter):
    """What is on its way, by its kind in words."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The kinds that there are, in the order of their words."""
        found = OutboxMessage.objects.order_by().values_list("kind", flat=True).distinct()
        return sorted(((kind, outbox.in_words(kind)) for kind in found), key=lambda named: named[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        """Keep those of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OutboxMessage)
class OutboxMessageAdmin(Readable):
    """Mails, calls and deletions on their way out; their content is not shown, it belongs to whom it is for."""

    list_display = ("what", "key", "created_at", "attempts", "last_error", "done_at", "dead_at")
    list_filter = (
        Waiting.on(
            "dead_at", code="given_up", waiting=gettext_lazy("Given up"), over=gettext_lazy("Not given up"), is_set=True
        ),
        ByKind,
    )
    search_fields = ("kind", "key")
    fields = ("what", "key", "created_at", "due_at", "attempts", "last_error", "done_at", "dead_at")
    ordering = ("-pk",)
    actions = ("send_again",)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def what(self, message: OutboxMessage) -> str:
        """What is on its way, in words."""
        return outbox.in_words(message.kind)

    @admin.action(description=gettext_lazy("Try again"), permissions=["retry"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        """Let what was given up be tried again from the start."""
        count = outbox.send_again(queryset)
        said = ngettext("%(count)d message is tried again.", "%(count)d messages are tried again.", count)
        messages.success(request, said % {"count": count})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who may change an outgoing message may have it tried again."""
        return bool(request.user.has_perm("events.change_outboxmessage"))
