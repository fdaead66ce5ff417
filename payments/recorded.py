"""What the acts of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

from core.audit import acts

acts.name(
    {
        "payments.grant": _("Gave access"),
        "payments.end_entitlement": _("Took access back"),
        "payments.set_price": _("Set a price"),
        "payments.withdraw": _("Took something off sale"),
        "payments.set_rule": _("Made a price rule"),
        "payments.end_rule": _("Ended a price rule"),
        "payments.include": _("Included something in a membership"),
        "payments.exclude": _("Took something out of a membership"),
        "payments.close_tier": _("Closed a membership to newcomers"),
        "payments.coupon": _("Made a coupon"),
        "payments.coupon_codes": _("Made codes of a coupon"),
        "payments.end_coupon": _("Ended a coupon"),
        "payments.approve_transfer": _("Found a bank transfer"),
        "payments.decline_transfer": _("Gave up a bank transfer"),
        "payments.refund": _("Gave money back"),
        "payments.settle_refund": _("Transferred a refund"),
        "payments.retry_refund": _("Sent a refund once more"),
        "payments.invoice": _("Issued an invoice"),
        "payments.refuse_invoice": _("Refused an invoice"),
        "payments.set_payee": _("Changed where earnings go"),
        "payments.approve_payout": _("Approved a payout"),
        "payments.hold_payout": _("Held a payout"),
        "payments.release_payout": _("Released a held payout"),
        "payments.pay_payout": _("Noted a payout as paid"),
        "payments.cancel_payout": _("Cancelled a payout"),
        "payments.return_payout": _("Noted a payout that came back"),
        "payments.make_batch": _("Gathered payouts into a batch"),
        "payments.batch_file": _("Took the file of a batch of payouts"),
        "payments.pay_batch": _("Noted a batch of payouts as paid"),
        "payments.dissolve_batch": _("Dissolved a batch of payouts"),
        "payments.settle_discrepancy": _("Settled a difference in the books"),
    }
)
