"""What the accounts and transactions of this room are called in the journal."""

from django.utils.translation import gettext_lazy as _

from ledger import words

words.name(
    accounts={
        "customers": _("Taken from buyers"),
        "provider_fees": _("Fees of the provider"),
        "creator": _("Share of the creator"),
        "platform": _("Share of the school"),
        "refunds_due": _("On its way back to buyers"),
        "payout_due": _("On its way to the creator"),
        "paid_out": _("Paid out to creators"),
    },
    transactions={
        "sale": _("Sale"),
        "unclaimed": _("Money that belongs to no order"),
        "refund": _("Refund decided on"),
        "refund_settled": _("Refund sent"),
        "chargeback": _("Chargeback"),
        "provider_fee": _("Fee of the provider"),
        "payout": _("Payout asked for"),
        "payout_paid": _("Payout sent"),
        "payout_back": _("Payout that came back"),
    },
)
