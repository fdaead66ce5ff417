"""Requests for a 发票, the invoice that Chinese tax law knows; the school issues it in its tax system and notes it here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .orders import Order


class InvoiceRequest(models.Model):
    """What a buyer wants to stand on the invoice of an order, and what became of it."""

    class Kind(models.TextChoices):
        PERSON = "person", _("for a person")
        COMPANY = "company", _("for a company")

    order = models.OneToOneField(
        Order, models.PROTECT, verbose_name=pgettext_lazy("purchase", "order"), related_name="invoice_request"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSON)
    title = models.CharField(_("name on the invoice"), max_length=100)
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True, default="")
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    number = models.CharField(_("number of the invoice"), max_length=40, blank=True, default="")
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("request for an invoice")
        verbose_name_plural = _("requests for invoices")
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True, number="") | (Q(issued_at__isnull=False) & ~Q(number="")),
                name="an_issued_invoice_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True) | Q(refused_at__isnull=True), name="issued_or_refused"
            ),
            models.CheckConstraint(condition=~Q(kind="company") | ~Q(tax_number=""), name="a_company_has_a_tax_number"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="invoices_that_wait",
                condition=Q(issued_at__isnull=True, refused_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title
