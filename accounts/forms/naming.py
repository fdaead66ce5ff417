"""The name that a member joins under; allauth mixes this form into its own sign-up forms."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import names
from core.text import clean_name


class NameField(forms.CharField):
    """A display name: tidied, not reserved, and not one that could be taken for a member of staff's."""

    def __init__(self, *, may_be_reserved: bool = False, **options: Any) -> None:
        self.may_be_reserved = may_be_reserved
        super().__init__(**{
            "label": _("Name"),
            "max_length": 60,
            "widget": forms.TextInput(attrs={"autocomplete": "name"}),
            **options,
        })  # fmt: skip

    def clean(self, value: Any) -> str:
        """Return the tidied name."""
        return clean_name(str(super().clean(value)), may_be_reserved=self.may_be_reserved)


class NameForm(forms.Form):
    """What we ask besides address and password."""

    name = NameField(help_text=_("As others should see it. Your handle is made from it; you can change both later."))
    field_order = ["name", "email", "password1"]

    def clean_name(self) -> str:
        """Refuse a name that looks like one of the staff."""
        name: str = self.cleaned_data["name"]
        names.refuse_impersonation(name=name)
        return name

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Nothing is left to do: the adapter has read the name."""
