"""What a new owner is asked."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.forms.naming import NameField
from accounts.models import User
from community.models import School
from payments.enums import Currency


class OpeningForm(forms.Form):
    """The school, and who owns it."""

    school = forms.CharField(
        label=_("Name of the school"),
        max_length=60,
        help_text=_("Both languages begin with it; you can give each its own later."),
    )
    logo = forms.FileField(
        label=_("Logo"), required=False,
        help_text=_("JPEG, PNG or WebP, at most 8 MB. Without one, a mark is drawn from the name."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language that guests see first"), choices=settings.LANGUAGES)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    accent = forms.ChoiceField(
        label=_("Ink"), choices=School.Accent.choices, help_text=_("The color of buttons and links.")
    )
    name = NameField(may_be_reserved=True, label=_("Your name"))
    email = forms.EmailField(label=_("Your email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("A password"), strip=False, help_text=_("At least 10 characters. A sentence is easier to remember than a puzzle."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is easily guessed, also from the name and the address."""
        found = super().clean() or {}
        if found.get("password"):
            try:
                validate_password(found["password"], User(name=found.get("name", ""), email=found.get("email", "")))
            except forms.ValidationError as refused:
                self.add_error("password", refused)
        return found
