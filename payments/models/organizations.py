"""Organizations whose people buy at a price of their own."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.text import in_language


class Organization(models.Model):
    """
    A company, a school, a club: whoever has confirmed a mail address at one of its ``domains`` is one of its people.

    Nobody stands on a list: who leaves it loses the address, and with that the price.
    """

    name_zh = models.CharField(_("name (Chinese)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80)
    domains = ArrayField(
        models.CharField(
            max_length=253,
            validators=[
                RegexValidator(
                    r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", _("Small letters, digits, hyphens and points: example.edu")
                )
            ],
        ),
        verbose_name=_("mail domains"),
        help_text=_("What stands behind the @ in the addresses of its people; several are separated by commas."),
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [models.CheckConstraint(condition=Q(domains__len__gt=0), name="an_organization_has_a_domain")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(zh=self.name_zh, en=self.name_en)

    @property
    def key(self) -> str:
        """What its people hold when prices are asked for."""
        return f"organization:{self.pk}"
