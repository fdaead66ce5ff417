"""The journal at the desk: to be read. What is wrong is corrected by a reversal, never by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import words
from .models import Account, Entry, Transaction


class ReadOnly:
    """Nobody adds, changes or deletes; Postgres would refuse it anyway."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class ByKind(admin.SimpleListFilter):
    """The journal by what happened, in words."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every kind that has words; which of them there are would be asked of all rows."""
        return words.transactions()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Transaction]) -> QuerySet[Transaction]:
        """Keep those of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class EntryInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """The entries of a transaction, with the names of their accounts."""

    model = Entry
    fields = readonly_fields = ("named_account", "amount")
    ordering = ("id",)

    @admin.display(description=_("account"))
    def named_account(self, entry: Entry) -> str:
        """The account, its kind in words."""
        return _account(entry.account)


@admin.register(Transaction)
class TransactionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Transactions, the newest first."""

    list_display = ("key", "what", "happened_at", "recorded_at", "memo_code")
    list_filter = (ByKind,)
    fields = ("key", "what", "reverses", "happened_at", "recorded_at", "memo_code")
    search_fields = ("key", "kind")
    search_help_text = _("What it was made from, as in sale:payment:7.")
    ordering = ("-id",)
    inlines = (EntryInline,)

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, transaction: Transaction) -> str:
        """What happened, in words."""
        return words.transaction(transaction.kind)


@admin.register(Account)
class AccountAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts; those that are not limited show no balance, for it is the sum of their entries."""

    list_display = ("what", "owner", "unit", "balance")
    list_filter = ("unit",)
    fields = ("what", "owner", "unit", "balance")
    search_fields = ("kind", "owner")
    search_help_text = _("Whose it is, as in user:7.")
    ordering = ("kind", "owner", "unit")

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, account: Account) -> str:
        """What it is for, in words."""
        return words.account(account.kind)


def _account(account: Account) -> str:
    return f"{words.account(account.kind)} · {account.owner} · {account.unit}"
