"""What the pages of this room at the desk have in common."""

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy

from core.audit.admin import InWords
from core.ui.formats import money
from payments import providers
from payments.forms import Amount

_AS_WRITTEN = gettext_lazy("In yuan or dollars, such as 199 or 199.50.")

Column = Callable[[Any, Any], str]


def written(field: str, label: Any, *, currency: str = "currency") -> Column:
    """A column that writes out the smallest units in ``field``, in the currency that stands at ``currency``; nothing where there is none."""

    @admin.display(description=label, ordering=field, empty_value="—")
    def column(_: Any, row: Any) -> str:
        amount, unit = getattr(row, field), reduce(getattr, currency.split("__"), row)
        return "" if amount is None or not unit else money(amount=amount, currency=unit, decimals=True)

    return column


ByProvider = InWords.on("provider", title=gettext_lazy("provider"), said=providers.in_words)


class AtProvider:
    """Rows of what stands at a provider, which is called as buyers know it: in a column, and in the form."""

    readonly_fields: ClassVar[tuple[str, ...]] = ("at_provider",)

    @admin.display(description=gettext_lazy("provider"), ordering="provider")
    def at_provider(self, row: Any) -> str:
        """The provider in words."""
        return providers.in_words(row.provider)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The usual ones, with the words where the code would be."""
        usual = [name for name in super().get_fields(request, obj) if name != "at_provider"]  # type: ignore[misc]
        return ["at_provider" if name == "provider" else name for name in usual]


class Priced:
    """Forms in which amounts are typed in yuan or dollars; ``amounts`` gives the fields that hold smallest units a label and the least."""

    amounts: ClassVar[dict[str, tuple[Any, str]]] = {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The field for an amount, or the usual one."""
        if db_field.name not in self.amounts:
            return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        label, least = self.amounts[db_field.name]
        return Amount(label=label, required=not db_field.blank, min_value=Decimal(least), help_text=_AS_WRITTEN)


class Unchangeable:
    """Rows that are to be read: what changes them is an operation."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class Decided(Unchangeable, admin.ModelAdmin):
    """Rows on which staff decide, on a page beside the usual ones whose address ends in ``decision``."""

    decision: ClassVar[str] = "decide"

    def get_urls(self) -> list[URLPattern]:
        """The page that decides, then the usual ones."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_{self.decision}"
        page = path(f"<int:pk>/{self.decision}/", self.admin_site.admin_view(self.decision_page), name=name)
        return [page, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The row, with the way to the decision for those who may take it."""
        shown = {"may_decide": self._may_decide(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what can be decided of the row ``pk``, and do it; the door has let them in."""
        raise NotImplementedError

    def decision_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The door: ``decide`` for those who may, and nothing for anybody else."""
        if not self._may_decide(request):
            raise PermissionDenied
        return self.decide(request, pk)

    def _may_decide(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
