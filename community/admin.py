"""The school itself at the desk, and the texts that bind it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import text
from core.audit.admin import Audited
from core.media import pictures

from . import operations
from .models import FOOTER, LegalText, School
from .rules import LOGO_LIMITS


class Shown:
    """What the field of the logo says of the one that is there."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __str__(self) -> str:
        return str(_("the logo as it is now"))


class LogoInput(forms.ClearableFileInput):
    """Shows the logo that is there, how to take it away, and how to send another."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw it with a template of ours: those of widgets have another engine."""
        return render_to_string("desk/logo.html", self.get_context(name, value, attrs))


class SchoolForm(forms.ModelForm):  # type: ignore[type-arg]
    """The school with its logo, which is checked by its content and written anew."""

    logo = forms.FileField(
        label=gettext_lazy("logo"),
        required=False,
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, at most 8 MB, shown whole. Without one, a mark is drawn from the name."
        ),
        widget=LogoInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["logo"].initial = Shown(self.instance.logo_url) if self.instance.logo_url else None
        for name, language in (("for_whom_zh", "zh-hans"), ("for_whom_en", "en")):
            self.fields[name].widget = AdminTextareaWidget(attrs={"rows": 2, "lang": language})
        for name in ("footer_zh", "footer_en"):
            self.fields[name].widget.attrs["rows"] = 3
            self.fields[name].help_text = gettext_lazy(
                "Short Markdown: an address, a number to call. At most 600 characters."
            )

    def clean_logo(self) -> Any:
        """The picture, if it can be read as one."""
        given = self.cleaned_data["logo"]
        if isinstance(given, UploadedFile):
            pictures.written_anew(given, limits=LOGO_LIMITS)
            given.seek(0)
        return given

    def clean_footer_zh(self) -> str:
        """The Chinese text, if it can be rendered."""
        return self._footer("footer_zh")

    def clean_footer_en(self) -> str:
        """The English text, if it can be rendered."""
        return self._footer("footer_en")

    def _footer(self, name: str) -> str:
        source: str = self.cleaned_data[name]
        text.render(source, limits=FOOTER)
        return source


@admin.register(School)
class SchoolAdmin(Audited):
    """The one row that says who this is."""

    form = SchoolForm
    list_display = ("name_zh", "name_en", "accent", "language", "currency")
    fieldsets = (
        (gettext_lazy("Name"), {"fields": ("name_zh", "name_en", "tagline_zh", "tagline_en", "logo", "accent")}),
        (gettext_lazy("Front page"), {"fields": ("promise_zh", "promise_en", "for_whom_zh", "for_whom_en")}),
        (gettext_lazy("Guests and money"), {"fields": ("language", "currency")}),
        (gettext_lazy("Foot of every page"), {"fields": ("footer_zh", "footer_en", "icp", "police_no")}),
    )

    def save_model(self, request: HttpRequest, obj: School, form: forms.ModelForm, change: bool) -> None:  # type: ignore[type-arg]  # noqa: FBT001 - Django's
        """Save the words, and the logo where another one came or it was taken away."""
        super().save_model(request, obj, form, change)
        logo = form.cleaned_data.get("logo")
        if isinstance(logo, UploadedFile):
            operations.change_logo(file=logo, by=request.user)
        elif logo is False:
            operations.remove_logo(by=request.user)

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
