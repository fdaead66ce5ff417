"""The school itself at the desk, and the texts that bind it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import text
from core.audit.admin import Audited

from . import operations
from .models import LegalText, School


@admin.register(School)
class SchoolAdmin(Audited):
    """The one row that says who this is."""

    list_display = ("name_zh", "name_en", "accent", "language", "currency")
    fieldsets = (
        (gettext_lazy("Name"), {"fields": ("name_zh", "name_en", "tagline_zh", "tagline_en", "accent")}),
        (gettext_lazy("Front page"), {"fields": ("promise_zh", "promise_en", "for_whom_zh", "for_whom_en")}),
        (gettext_lazy("Guests and money"), {"fields": ("language", "currency")}),
        (gettext_lazy("Foot of every page"), {"fields": ("icp", "police_no")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one: lead straight to it."""
        if self.has_view_permission(request) and School.objects.exists():
            return redirect("admin:community_school_change", "True")
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: the first-run page makes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class LegalTextForm(forms.ModelForm):  # type: ignore[type-arg]
    """A text, refused here if the pipeline would refuse it."""

    class Meta:
        model = LegalText
        fields = ("kind", "language", "source")
        help_texts = {
            "source": gettext_lazy(
                "Markdown. Saving makes a new version; what members agreed to before stays on record."
            )
        }

    def clean_source(self) -> str:
        """The text, if it can be rendered."""
        source: str = self.cleaned_data["source"]
        text.render(source, limits=text.LESSON)
        return source


@admin.register(LegalText)
class LegalTextAdmin(Audited):
    """Terms, privacy, refunds and rules; a change is the next version."""

    form = LegalTextForm
    list_display = ("kind", "language", "version", "published_at", "see")
    list_filter = ("kind", "language")
    ordering = ("kind", "language", "-version")

    @admin.display(description=gettext_lazy("page"))
    def see(self, legal: LegalText) -> Any:
        """A link to the page where it stands."""
        from django.utils.html import format_html

        return format_html('<a href="{}">{}</a>', reverse("legal", args=[legal.kind]), _("Read"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Kind and language of a text that is there are what they are."""
        return ("kind", "language", "version", "published_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: LegalText, form: forms.ModelForm, change: bool) -> None:  # type: ignore[type-arg]  # noqa: FBT001 - Django's
        """Put it in force as the next version."""
        if change and not form.has_changed():
            return
        published = operations.publish_legal_text(
            kind=obj.kind, language=obj.language, source=obj.source, by=request.user
        )
        obj.pk, obj.version = published.pk, published.version
        messages.success(request, _("Version %(version)d is in force.") % {"version": published.version})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it says what members agreed to."""
        return False
