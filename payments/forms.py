"""What people fill in."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from . import currencies
from .enums import Currency, PayoutWay
from .models import InvoiceRequest, Order, Product
from .queries import Way

WHOLE_PERCENT = 100
SMALLEST_IN_WHOLE = 100
"""Fen in a yuan, cents in a dollar: every currency in which the school sells has a hundred."""

_THOUSANDS = re.compile(r"\s*\d{1,3}(,\d{3})+(\.\d*)?\s*")
_TAX_NUMBER = re.compile(r"[A-Z0-9]{15,20}")


class Amount(forms.DecimalField):
    """Money as people write it, in whole units with decimals; the form hands it on in the smallest unit."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal("0.01"))
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_digits=12, decimal_places=2, localize=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field: smallest units as people write them, and what was typed as it was typed."""
        return (Decimal(value) / SMALLEST_IN_WHOLE).quantize(Decimal("0.01")) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """The number; commas stand only where they part thousands, so that 1,5 is not fifteen."""
        return super().to_python(value.replace(",", "") if _THOUSANDS.fullmatch(str(value)) else value)

    def clean(self, value: Any) -> int | None:
        """The amount in the smallest unit; nothing where the field was left empty."""
        amount: Decimal | None = super().clean(value)
        return None if amount is None else int(amount * SMALLEST_IN_WHOLE)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another amount was typed."""
        return super().has_changed(self.prepare_value(initial), data)


class CheckoutForm(forms.Form):
    """How to pay, with which code, and what stands on a gift; prices do not come from the browser."""

    way = forms.ChoiceField(label=_("How to pay"), required=False)
    code = forms.CharField(
        label=_("Coupon code"), max_length=40, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    recipient = forms.CharField(label=pgettext_lazy("gift", "For whom"), max_length=60, required=False)
    message = forms.CharField(
        label=_("What you want to say"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, ways: list[Way], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = [(one.code, one.label) for one in ways]

    def clean_way(self) -> Way | None:
        """The way chosen, or the first one where nothing was; None where there is none."""
        chosen: str = self.cleaned_data["way"]
        return next((one for one in self.ways if not chosen or one.code == chosen), None)

    def refuse(self, why: str) -> None:
        """Say beside the code why it does not count."""
        self.add_error("code", REFUSED[why])


REFUSED = {
    "unknown": _("There is no such code. Look whether it was typed as it stands."),
    "early": _("This code does not hold yet."),
    "late": _("This code does not hold any more."),
    "scope": _("This code holds for other things."),
    "minimum": _("This code holds for larger purchases."),
    "used_up": _("This code is used up."),
    "yours": _("You have used this code already."),
    "often": _("Too many codes were tried. Wait a few minutes; your order is not touched."),
}


class RefundForm(forms.Form):
    """A buyer asks for the money back; they need not say why."""

    reason = forms.CharField(
        label=_("What could have been better?"), max_length=200, required=False, widget=forms.Textarea({"rows": 3})
    )


class StaffRefundForm(forms.Form):
    """Staff give money back; they do say why."""

    amount = Amount(label=_("Amount"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = order.total_minor - order.refunded_minor
        self.fields["amount"].initial = self._left

    def clean_amount(self) -> int:
        """No more than is left."""
        amount: int = self.cleaned_data["amount"]
        if amount > self._left:
            raise forms.ValidationError(_("That is more than is left of this order."))
        return amount


class BatchForm(forms.Form):
    """How many codes for one use each."""

    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=2000, initial=50)


class BundleForm(forms.Form):
    """What is sold together, under which name, for how much."""

    slug = forms.SlugField(label=_("short name in addresses"), max_length=40)
    title = forms.CharField(label=_("title"), max_length=200)
    products = forms.ModelMultipleChoiceField(
        label=_("product"), queryset=Product.objects.on_sale().exclude(kind__in=["bundle", "tier"]).order_by("title")
    )
    amount = Amount(label=_("Price"), min_value=0)


class InvoiceForm(forms.Form):
    """What stands on an invoice."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("invoice", "For whom"),
        choices=InvoiceRequest.Kind.choices,
        initial="person",
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=_("Name on the invoice"), max_length=100)
    tax_number = forms.CharField(
        label=_("Tax number"), max_length=30, required=False, help_text=_("For companies: 15 to 20 letters and digits.")
    )

    def clean_tax_number(self) -> str:
        """The number without spaces, in capitals."""
        return "".join(self.cleaned_data["tax_number"].split()).upper()

    def clean(self) -> dict[str, Any]:
        """A company has a number of the right form; a person has none."""
        said = super().clean() or {}
        if said.get("kind") == InvoiceRequest.Kind.COMPANY and not _TAX_NUMBER.fullmatch(said.get("tax_number", "")):
            self.add_error("tax_number", _("A tax number has 15 to 20 letters and digits."))
        return said


class DecideInvoiceForm(forms.Form):
    """Staff note the number that the tax system gave, or say why there is none."""

    number = forms.CharField(label=_("number of the invoice"), max_length=40, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        said = super().clean() or {}
        if bool(said.get("number")) == bool(said.get("reason")):
            raise forms.ValidationError(_("Either a number or a reason."))
        return said


class TransferForm(forms.Form):
    """Staff say what arrived on the account, or that nothing will."""

    amount = Amount(label=_("Amount that arrived"), required=False)
    reason = forms.CharField(label=_("Number or day of the statement, or why not"), max_length=200)


class PayoutForm(forms.Form):
    """How much of what has cleared a creator wants to have now; where to is known."""

    currency = forms.CharField(max_length=3, widget=forms.HiddenInput)
    amount = Amount(label=_("Amount"))

    def refuse(self, why: str) -> None:
        """Say beside the amount why it is not paid out."""
        self.add_error("amount", NOT_PAID_OUT[why])


NOT_PAID_OUT = {
    "NoPayee": _("Say first where the money should go."),
    "NotCleared": _("That is more than has cleared."),
    "TooLittle": _("That is less than is paid out at once."),
    "OneOnItsWay": _("Another payout is on its way. Ask again when it is over."),
}


class PayeeForm(forms.Form):
    """Where a creator wants to be paid."""

    way = forms.ChoiceField(
        label=_("How to pay you"), choices=PayoutWay.choices, initial="bank", widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Name of the account's holder"), max_length=80)
    number = forms.CharField(
        label=_("Number of the account"),
        max_length=60,
        help_text=_("For Alipay: the phone number or mail address of the account."),
    )
    bank = forms.CharField(
        label=_("Bank and branch"), max_length=80, required=False, help_text=_("For a bank transfer.")
    )

    def clean_number(self) -> str:
        """The number without spaces."""
        number = "".join(self.cleaned_data["number"].split())
        if len(number) < 6:  # noqa: PLR2004 - no account is shorter
            raise forms.ValidationError(_("That is too short for an account."))
        return number

    def clean(self) -> dict[str, Any]:
        """A bank transfer goes to a bank."""
        said = super().clean() or {}
        if said.get("way") == PayoutWay.BANK and not said.get("bank"):
            self.add_error("bank", _("Which bank keeps the account?"))
        return said


class PayoutReasonForm(forms.Form):
    """Staff say why a payout does not go on; its creator reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class PaidOutForm(forms.Form):
    """Staff note the bank's number of a transfer that they have made."""

    number = forms.CharField(label=_("number of the transfer"), max_length=64)


class CouponForm(forms.Form):
    """Terms of a coupon for what its creator sells."""

    name = forms.CharField(label=_("What it is for"), max_length=80, help_text=_("Only you see this."))
    percent = forms.IntegerField(label=_("Percent off"), min_value=1, max_value=100, required=False)
    amount = Amount(label=_("or an amount off"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, initial=currencies.usual)
    products = forms.ModelMultipleChoiceField(
        label=_("Only for"), queryset=Product.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: for everything that you sell."),
    )  # fmt: skip
    code = forms.RegexField(
        label=_("Code that many may use"), regex=r"^\s*[0-9A-Za-z\u4e00-\u9fff-]{4,40}\s*$", required=False,
        help_text=_("Letters, digits and hyphens, at least four. Leave it empty if you want single codes only."),
        error_messages={"invalid": _("Letters, digits and hyphens, at least four.")},
    )  # fmt: skip
    total_cap = forms.IntegerField(label=_("Uses in all"), min_value=1, max_value=1_000_000, required=False)
    per_person = forms.IntegerField(label=_("Uses per person"), min_value=1, max_value=100, initial=1)
    minimum = Amount(label=_("Smallest purchase"), min_value=0, required=False)
    starts_on = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, products: QuerySet[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["products"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = products

    def clean(self) -> dict[str, Any]:
        """Either a part or an amount, and a last day that is not before the first."""
        said = super().clean() or {}
        if "percent" in said and "amount" in said and bool(said["percent"]) == bool(said["amount"]):
            self.add_error("percent", _("Either percent or an amount."))
        first, last = said.get("starts_on"), said.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("That is before the first day."))
        return said

    def terms(self) -> dict[str, Any]:
        """What ``make_coupon`` takes; days begin and end at midnight where their maker lives."""
        said = self.cleaned_data
        return {
            "name": said["name"], "percent": said["percent"] or None, "amount": said["amount"],
            "currency": said["currency"], "products": tuple(said["products"]), "total_cap": said["total_cap"],
            "per_person": said["per_person"], "minimum": said["minimum"] or 0,
            "starts_at": _midnight(said["starts_on"]), "ends_at": _midnight(said["ends_on"], after=1),
        }  # fmt: skip


class PriceRuleTerms(forms.ModelForm):  # type: ignore[type-arg]
    """What the owner writes of a public reduction; its fields are the desk's."""

    def clean(self) -> dict[str, Any]:
        """A time that is one."""
        said = super().clean() or {}
        _require_order_in_time(self, said)
        return said


class CouponTerms(forms.ModelForm):  # type: ignore[type-arg]
    """What the owner writes of a coupon; its fields are the desk's."""

    def clean(self) -> dict[str, Any]:
        """Either a part or an amount, a time that is one, and no fewer uses than there were."""
        said = super().clean() or {}
        percent, cap = said.get("percent"), said.get("total_cap")
        if percent is not None and not 1 <= percent <= WHOLE_PERCENT:
            self.add_error("percent", _("From 1 to 100, please."))
        elif "percent" in said and "amount_minor" in said and (percent is None) == (said["amount_minor"] is None):
            self.add_error("percent", _("Either percent or an amount."))
        if cap is not None and cap < self.instance.used:
            used = self.instance.used
            self.add_error(
                "total_cap",
                ngettext("%(used)d was used already.", "%(used)d were used already.", used) % {"used": used},
            )
        _require_order_in_time(self, said)
        return said


def _require_order_in_time(form: forms.BaseForm, said: dict[str, Any]) -> None:
    first, last = said.get("starts_at"), said.get("ends_at")
    if first and last and last <= first:
        form.add_error("ends_at", _("It has to end after it begins."))


def _midnight(day: date | None, *, after: int = 0) -> datetime | None:
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=after), time()))
