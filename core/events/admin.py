"""What failed, at the desk: facts that a listener could not take, and messages that would not leave."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from core.audit.admin import InWords, Readable, Waiting

from . import facts, listening, operations, outbox
from .models import DeadLetter, OutboxMessage


@admin.register(DeadLetter)
class DeadLetterAdmin(Readable):
    """Facts that a listener could not take; once the fault is mended, they are handed over again."""

    list_display = ("what", "whose", "created_at", "last_line", "resolved_at")
    list_filter = (
        Waiting.on("resolved_at"),
        InWords.on("listener", title=gettext_lazy("listener"), said=listening.in_words),
    )
    search_fields = ("fact_name", "listener", "error")
    fields = ("what", "whose", "in_the_code", "fact_id", "position", "error", "created_at", "resolved_at")
    ordering = ("-pk",)
    actions = ("hand_over_again",)

    @admin.display(description=gettext_lazy("kind of fact"), ordering="fact_name")
    def what(self, letter: DeadLetter) -> str:
        """What the fact says, in words."""
        return facts.in_words(letter.fact_name)

    @admin.display(description=gettext_lazy("listener"), ordering="listener")
    def whose(self, letter: DeadLetter) -> str:
        """Who could not take it, in words."""
        return listening.in_words(letter.listener)

    @admin.display(description=gettext_lazy("in the code"))
    def in_the_code(self, letter: DeadLetter) -> str:
        """The names by which whoever mends it looks."""
        return f"{letter.listener} · {letter.fact_name}"

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


@admin.register(OutboxMessage)
class OutboxMessageAdmin(Readable):
    """Mails, calls and deletions on their way out; their content is not shown, it belongs to whom it is for."""

    list_display = ("what", "key", "created_at", "attempts", "last_error", "done_at", "dead_at")
    list_filter = (
        Waiting.on(
            "dead_at", code="given_up", waiting=gettext_lazy("Given up"), over=gettext_lazy("Not given up"), is_set=True
        ),
        InWords.on("kind", title=gettext_lazy("kind"), said=outbox.in_words),
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
