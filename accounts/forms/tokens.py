"""The form for a token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.web import api_tokens


class TokenForm(forms.Form):
    """What a token is for and what it may do."""

    name = forms.CharField(
        label=_("What it is for"), max_length=60, help_text=_("So that you know later which one to end.")
    )
    may = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["may"].choices = list(api_tokens.scopes_open_to(user).items())  # type: ignore[attr-defined]
