"""Members, at the desk."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.forms import CheckboxSelectMultiple, SlugField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from core import audit
from core.audit.admin import Audited

from .names import clean_handle
from .permissions import permissions_to_choose

ROLES = ("is_staff", "is_superuser", "groups", "user_permissions")


class Handled:
    """A form with a handle, which is looked at as members' own are."""

    def clean_username(self) -> str:
        """The handle; one that stays as it was is not looked at again."""
        handle: str = self.cleaned_data["username"]  # type: ignore[attr-defined]
        is_another = "username" in self.changed_data  # type: ignore[attr-defined]
        return clean_handle(handle, user=self.instance) if is_another else handle  # type: ignore[attr-defined]


class MemberForm(Handled, UserChangeForm):  # type: ignore[type-arg]
    """A member's row; Django's own form takes a handle for one of its user names, which may hold other signs."""

    class Meta(UserChangeForm.Meta):
        model = User
        field_classes = {"username": SlugField}


class NewMemberForm(Handled, AdminUserCreationForm):  # type: ignore[type-arg]
    """A member whom the owner lets in."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("name", "username", "email")
        field_classes = {"username": SlugField}


@admin.register(User)
class MemberAdmin(Audited, UserAdmin):  # type: ignore[type-arg]
    """Members: found by name, handle or address; only the owner gives roles, and nobody is deleted from here."""

    form = MemberForm
    add_form = NewMemberForm
    list_display = ("name", "username", "email", "joined_at", "is_active", "is_staff")
    list_filter = ("joined_at", "is_active", "is_staff", "language")
    search_fields = ("name", "username", "email")
    ordering = ("-joined_at",)
    readonly_fields = ("reads", "joined_at", "last_login", "erased_at")
    refusals: ClassVar = {
        "one_handle_whatever_its_case": _("This handle, or one that looks the same, belongs to somebody.")
    }
    fieldsets = (
        (None, {"fields": ("name", "username", "email", "password")}),
        (_("Wishes"), {"fields": ("language", "reads", "time_zone", "theme")}),
        (_("Standing"), {"fields": ("is_active", "suspended_until")}),
        (_("Roles"), {"fields": ("is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("joined_at", "last_login", "erased_at")}),
    )
    add_fieldsets = ((None, {"fields": ("name", "username", "email", "usable_password", "password1", "password2")}),)

    @admin.display(description=_("languages that I read"))
    def reads(self, member: User) -> str:
        """The languages by their own names."""
        return " · ".join(str(dict(settings.LANGUAGES)[code]) for code in member.reads)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Keep what belongs to the row, and note which roles were given or taken."""
        super().save_related(request, form, formsets, change)
        if set(ROLES) & set(form.changed_data):
            audit.record(
                by=request.user, act="accounts.change_roles", subject=f"user:{form.instance.pk}",
                before=_roles(form.initial), after=_roles(form.cleaned_data),
            )  # fmt: skip

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set a password, in one transaction with the note of it."""
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Roles are the owner's to give, and nobody but the owner touches the account of somebody with a role."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *ROLES, "email", "password")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Roles are few: boxes to tick, where Django draws two lists and arrows between them."""
        return super().formfield_for_manytomany(db_field, request, **{**options, "widget": CheckboxSelectMultiple})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this member may be changed by who asks; staff by the owner only."""
        is_above = obj is not None and (obj.is_staff or obj.is_superuser) and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an account is closed by its owner's wish, which keeps orders and posts in order."""
        return False


def _roles(values: dict[str, Any]) -> dict[str, Any]:
    groups = sorted(group.name for group in values.get("groups", ()))
    return {name: bool(values.get(name)) for name in ("is_staff", "is_superuser")} | {"groups": groups}


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a role may do, as boxes to tick in the order of the desk's rooms."""

    class Meta:
        model = Group
        fields = ("name", "permissions")
        widgets = {"permissions": CheckboxSelectMultiple}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        permissions: Any = self.fields["permissions"]
        held = list(self.instance.permissions.all()) if self.instance.pk else []
        permissions.choices = permissions_to_choose(models=admin.site._registry, held=held)  # noqa: SLF001 - has no other name
        permissions.help_text = ""


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(Audited):
    """Roles: what somebody may do who has one."""

    form = RoleForm
    search_fields = ("name",)
    ordering = ("name",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The form's own."""
        return db_field.formfield(**{**options, "widget": CheckboxSelectMultiple})


@admin.register(Consent)
class ConsentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The record of consents: to be read."""

    list_display = ("user", "purpose", "is_given", "text_version", "recorded_at")
    list_filter = ("purpose", "is_given")
    search_fields = ("user__email", "user__username")
    list_select_related = ("user",)
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody consents for another."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody rewrites what was said."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody rewrites what was said."""
        return False
