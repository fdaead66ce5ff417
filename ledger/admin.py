"""The journal at the desk: to be read. What is wrong is corrected by a reversal, never by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

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


class EntryInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """The entries of a transaction, with the names of their accounts."""

    model = Entry
    fields = ("account", "amount")
    ordering = ("id",)


@admin.register(Transaction)
class TransactionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Transactions, the newest first."""

    list_display = ("key", "kind", "happened_at", "recorded_at", "memo_code")
    search_fields = ("key", "kind")
    ordering = ("-id",)
    inlines = (EntryInline,)


@admin.register(Account)
class AccountAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts; those that are not limited show no balance, for it is the sum of their entries."""

    list_display = ("kind", "owner", "unit", "balance")
    list_filter = ("unit",)
    search_fields = ("kind", "owner")
    ordering = ("kind", "owner", "unit")
