"""The words for currencies, causes and outcomes; those for states stand in ``rules``, beside their edges."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Currency(models.TextChoices):
    CNY = "CNY", _("renminbi")
    USD = "USD", _("US dollar")


class RefundCause(models.TextChoices):
    REQUEST = "request", _("asked for by the buyer")
    STAFF = "staff", _("given by the school")
    LATE = "late", _("money came after the order had ended")
    DOUBLE = "double", _("money came twice")
    MISMATCH = "mismatch", _("another amount arrived")
    PROVIDER = "provider", _("given at the provider")
    UNCLAIMED = "unclaimed", _("a gift that nobody claimed")
    HELD = "held", _("the buyer had it already")


class MoveCause(models.TextChoices):
    """Why an order or an attempt to pay moved, where it was neither a message of the provider nor money that went back."""

    CHECKOUT = "checkout", _("ordered")
    RENEWAL = "renewal", _("renewed by itself")
    FREE = "free", _("nothing to pay")
    PROVIDER = "provider", _("the provider's answer")
    ASKED = "asked", _("the provider was asked")
    STAFF = "staff", _("decided by the school")
    BUYER = "buyer", _("given up by the buyer")
    TIME = "time", _("its time was over")
    PRICE_CHANGED = "price_changed", _("the price had changed")
    OTHER_ATTEMPT = "other_attempt", _("another attempt was begun")
    PAID = "paid", _("paid by another attempt")


class Cause(models.TextChoices):
    """Why somebody holds a key; rooms above may grant for causes of their own, which are codes too."""

    PURCHASE = "purchase", _("bought")
    BUNDLE = "bundle", _("bought in a bundle")
    GIFT = "gift", _("a gift")
    TRIAL = "trial", _("free trial")
    STAFF = "staff", _("given by the school")


class EndCause(models.TextChoices):
    REFUND = "refund", _("refunded")
    CHARGEBACK = "chargeback", _("charged back")
    STAFF = "staff", _("taken back by the school")
    EXPIRED = "expired", _("its time was over")


class ReductionKind(models.TextChoices):
    """What made a price smaller."""

    KEPT = "kept", _("your old price, kept")
    BUNDLE = "bundle", _("bundle")
    RULE = "rule", _("public price rule")
    COUPON = "coupon", _("coupon")


class Wish(models.TextChoices):
    """What a provider is still to be told of a subscription."""

    NONE = "", _("nothing")
    STOP = "stop", _("stop at the end of the paid time")
    GO_ON = "go_on", _("go on")


class Outcome(models.TextChoices):
    """What became of a provider's message; all but the first two were not believed."""

    TAKEN = "taken", _("taken in")
    KNOWN = "known", _("nothing new")
    ACCOUNT = "account", _("another account")
    PAYMENT = "payment", _("unknown payment")
    REFERENCE = "reference", _("another order")
    AMOUNT = "amount", _("another amount")
    CURRENCY = "currency", _("another currency")
    UNREADABLE = "unreadable", _("not understood")


class Difference(models.TextChoices):
    """What a provider's list of a day and our books disagree about."""

    UNHEARD = "unheard", _("taken, and nobody told us")
    UNKNOWN = "unknown", _("taken for a payment that is not in our books")
    MISSING = "missing", _("in our books, and not at the provider")
    AMOUNT = "amount", _("another amount was taken")
    RETURNED = "returned", _("another amount was given back")


class PayoutWay(models.TextChoices):
    """How a creator's money leaves the school."""

    BANK = "bank", _("Bank transfer")
    ALIPAY = "alipay", _("Alipay")
