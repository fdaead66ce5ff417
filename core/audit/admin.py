"""The log at the desk, and what makes every change at the desk leave a note in it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import acts
from .models import AuditEntry
from .recording import record


class InPlainWords:
    """A form of the desk that says in words which rule of the database it would break, and not by the rule's name."""

    refusals: ClassVar[Mapping[str, str | Promise]] = {}

    def _update_errors(self, errors: ValidationError) -> None:
        rules = {one.name: one for one in self._meta.model._meta.constraints}  # type: ignore[attr-defined] # noqa: SLF001 - documented by Django
        words = {rules[name].get_violation_error_message(): said for name, said in self.refusals.items()}
        for refused in getattr(errors, "error_dict", {}).get(NON_FIELD_ERRORS, []):
            refused.message = words.get(refused.message, refused.message)
        super()._update_errors(errors)  # type: ignore[misc]


class Audited(admin.ModelAdmin):  # type: ignore[type-arg]
    """
    A desk page whose every addition, change and deletion is recorded. Every ``ModelAdmin`` of ours inherits it.

    Names of fields are recorded and not their values: a value may be a text that somebody wrote.
    """

    refusals: ClassVar[Mapping[str, str | Promise]] = {}
    """What is said where a rule of the database, named by its constraint, refuses what was typed."""

    def get_form(self, *arguments: Any, **options: Any) -> Any:
        """Django's form, which names our rules in words."""
        form = super().get_form(*arguments, **options)
        return type(form)(form.__name__, (InPlainWords, form), {"refusals": self.refusals})

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note the addition."""
        record(by=request.user, act="desk.add", subject=_subject(obj), after=_fields(message))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note the change, with the names of the fields."""
        record(by=request.user, act="desk.change", subject=_subject(obj), after=_fields(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Note each deletion."""
        for obj in queryset:
            record(by=request.user, act="desk.delete", subject=_subject(obj))
        return super().log_deletions(request, queryset)


class Readable(Audited):
    """Rows that are to be read at the desk: what changes them is an operation."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class Waiting(admin.SimpleListFilter):
    """A filter by an instant that is there or not: what waits for somebody, and what is over."""

    title = _("state")
    parameter_name = "state"
    field = ""
    code = "open"
    waiting: str | Promise = _("Waiting")
    over: str | Promise = _("Done")
    is_set = False

    @classmethod
    def on(cls, field: str, **options: Any) -> type["Waiting"]:
        """The filter for ``field``; waiting is what has it empty, or set where ``is_set``."""
        return type(f"{cls.__name__}On", (cls,), {"field": field, **options})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two sides."""
        return [(self.code, self.waiting), ("rest", self.over)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the chosen side."""
        if self.value() not in {self.code, "rest"}:
            return queryset
        is_wanted_empty = (self.value() == self.code) != self.is_set
        return queryset.filter(**{f"{self.field}__isnull": is_wanted_empty})


class InWords(admin.SimpleListFilter):
    """A filter by a field that holds codes, each of which is offered in words; the codes that there are, and no others."""

    said: Callable[[str], str]

    @classmethod
    def on(cls, field: str, *, title: str | Promise, said: Callable[[str], str]) -> type["InWords"]:
        """The filter for ``field``; ``said`` gives the words of a code."""
        return type(f"{cls.__name__}On", (cls,), {"parameter_name": field, "title": title, "said": staticmethod(said)})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The codes that stand in the table, in the order of their words."""
        rows = model_admin.model._default_manager.order_by()  # noqa: SLF001 - documented by Django
        found = rows.values_list(self.parameter_name, flat=True).distinct()
        return sorted(((code, self.said(code)) for code in found), key=lambda named: named[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those with the chosen code."""
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The log: to be read, never to be written."""

    list_display = ("happened_at", "who", "done", "subject", "reason")
    list_filter = (InWords.on("act", title=_("act"), said=acts.in_words),)
    search_fields = ("subject",)
    ordering = ("-id",)
    search_help_text = _("What it was done to, as in post:7.")
    fields = (
        "happened_at", "who", "done", "subject", "before", "after", "reason", "address", "request_id", "digest",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """The log, with what those who acted are called today."""
        people = get_user_model()._default_manager.filter(pk=OuterRef("actor_id"))  # noqa: SLF001 - documented by Django
        return super().get_queryset(request).annotate(actor_name=Subquery(people.values("name")))

    @admin.display(description=_("who"), ordering="actor_id", empty_value="—")
    def who(self, entry: Any) -> str:
        """Who acted: the log itself holds no names, only numbers."""
        return entry.actor_name or str(entry.actor_id or "")

    @admin.display(description=_("act"), ordering="act")
    def done(self, entry: AuditEntry) -> str:
        """What was done, in words."""
        return acts.in_words(entry.act)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: acts are recorded by what does them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


def _subject(obj: Model) -> str:
    return f"{obj._meta.label_lower}:{obj.pk}"  # noqa: SLF001 - documented by Django


def _fields(message: Any) -> dict[str, Any] | None:
    """The names of the fields in the admin's own account of the change."""
    if not isinstance(message, list):
        return None
    return {"fields": sorted(set(_names(message)))}


def _names(message: Iterable[dict[str, dict[str, Any]]]) -> Iterable[str]:
    for part in message:
        for verb, said in part.items():
            yield from said.get("fields", [])
            if "object" in said:
                yield f"{verb}:{said['name']}"
