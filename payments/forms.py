"""What people fill in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import providers
from .models import Order


class CheckoutForm(forms.Form):
    """How to pay; nothing else comes from the browser."""

    way = forms.ChoiceField(label=_("How to pay"), required=False)

    def __init__(self, *args: Any, ways: list[providers.Provider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = [(provider.name, provider.label) for provider in ways]

    def clean_way(self) -> str:
        """The provider chosen, or the first one where nothing was."""
        chosen: str = self.cleaned_data["way"]
        return chosen or next((provider.name for provider in self.ways), "")


class RefundForm(forms.Form):
    """A buyer asks for the money back; they need not say why."""

    reason = forms.CharField(
        label=_("What could have been better?"), max_length=200, required=False, widget=forms.Textarea({"rows": 3})
    )


class StaffRefundForm(forms.Form):
    """Staff give money back; they do say why."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = order.total_minor - order.refunded_minor
        self.fields["amount"].initial = Decimal(self._left) / 100

    def clean_amount(self) -> int:
        """The amount in the smallest unit, no more than is left."""
        amount = int(self.cleaned_data["amount"] * 100)
        if amount > self._left:
            raise forms.ValidationError(_("That is more than is left of this order."))
        return amount
