"""The three tables of the journal. ``operations`` writes them; Postgres refuses to change what is written."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .rules import AccountName


class Account(models.Model):
    """
    One place where an amount of one unit is kept.

    Only limited accounts carry a ``balance``: it is what their lock protects. The others, which everybody writes to, have
    none, so that nobody waits for them; their balance is the sum of their entries.
    """

    kind = models.CharField(_("kind"), max_length=64)
    owner = models.CharField(_("owner"), max_length=100)
    unit = models.CharField(_("unit"), max_length=3)
    balance = models.BigIntegerField(_("balance"), null=True, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner", "unit"], name="one_account_per_name"),
            models.CheckConstraint(condition=models.Q(balance__gte=0), name="no_limited_account_below_zero"),
            models.CheckConstraint(condition=models.Q(unit__regex=r"^[A-Z]{3}$"), name="a_unit_is_three_capitals"),
        ]

    def __str__(self) -> str:
        return str(self.account_name)

    @property
    def account_name(self) -> AccountName:
        """The name that it is posted to by."""
        return AccountName(self.kind, self.owner, self.unit)


class Transaction(models.Model):
    """Entries that belong together and sum to zero; closed when the database transaction that wrote it commits."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=64)
    reverses = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("reverses"), related_name="reversal", null=True, blank=True
    )
    happened_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    memo_code = models.CharField(_("memo"), max_length=64, blank=True, default="")

    entries: "models.Manager[Entry]"

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One change of one account; never changed, never deleted."""

    transaction = models.ForeignKey(Transaction, models.PROTECT, verbose_name=_("transaction"), related_name="entries")
    account = models.ForeignKey(
        Account, models.PROTECT, verbose_name=_("account"), related_name="entries", db_index=False
    )
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [models.Index(fields=["account", "id"], name="entries_of_an_account", include=["amount"])]
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="no_entry_of_nothing")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount:+d}"
