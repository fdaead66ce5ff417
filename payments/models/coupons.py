"""Reductions: public rules for everybody whom they fit, and coupons for those who have a code."""

import secrets
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.text import in_language
from payments import rules
from payments.enums import Currency
from payments.rules import UseState

from .orders import Order
from .organizations import Organization
from .products import Product
from .tiers import Tier


def new_code() -> str:
    """A code that nobody guesses: 60 random bits in three groups."""
    return rules.in_groups(secrets.choice(rules.UNMISTAKABLE) for _ in range(rules.CODE_LETTERS))


class PriceRuleQuerySet(models.QuerySet["PriceRule"]):
    def in_force(self, *, at: object) -> Self:
        """Keep those that hold at this moment."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, ended_at__isnull=True)


class PriceRule(models.Model):
    """
    A public reduction for a time: for everybody, for the members of a tier or for the people of an organization; never for one person.

    Without a product it holds for all that is sold by itself. Where several fit, the largest one counts alone.
    """

    label_zh = models.CharField(_("reason (Chinese)"), max_length=80)
    label_en = models.CharField(_("reason (English)"), max_length=80)
    percent = models.PositiveSmallIntegerField(
        _("percent off"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    product = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("product"), related_name="price_rules", null=True, blank=True
    )
    tier = models.ForeignKey(
        Tier, models.PROTECT, verbose_name=_("for members of"), related_name="price_rules", null=True, blank=True
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        verbose_name=_("for the people of"),
        related_name="price_rules",
        null=True,
        blank=True,
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)

    objects = PriceRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="a_rule_takes_off_a_part"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_rule_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(tier__isnull=True) | Q(organization__isnull=True),
                name="a_rule_is_for_one_circle",
                violation_error_message=_(
                    "For the members of a tier or for the people of an organization, not for both."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} (−{self.percent} %)"

    @property
    def label(self) -> str:
        """The reason in the reader's language."""
        return in_language(zh=self.label_zh, en=self.label_en)

    @property
    def whose(self) -> Tier | Organization | None:
        """The circle for which it holds; None where it is for everybody."""
        return self.tier or self.organization


class Coupon(models.Model):
    """
    Terms under which codes make something cheaper; ``used`` counts uses that are reserved or confirmed.

    ``creator`` and ``products`` limit what it holds for; without either it holds for everything in its currency.
    """

    name = models.CharField(_("name"), max_length=80)
    percent = models.PositiveSmallIntegerField(_("percent off"), null=True, blank=True)
    amount_minor = models.BigIntegerField(_("amount off in the smallest unit"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.CNY)
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("only what this person sells"), related_name="coupons",
        null=True, blank=True,
    )  # fmt: skip
    products = models.ManyToManyField(Product, verbose_name=_("only for these"), related_name="+", blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    total_cap = models.PositiveIntegerField(_("uses in all"), null=True, blank=True)
    per_person = models.PositiveSmallIntegerField(_("uses per person"), default=1, validators=[MinValueValidator(1)])
    minimum_minor = models.BigIntegerField(_("smallest purchase in the smallest unit"), default=0)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100, amount_minor__isnull=True)
                | Q(percent__isnull=True, amount_minor__gt=0),
                name="percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(total_cap__isnull=True) | Q(used__lte=F("total_cap")), name="no_coupon_used_too_often"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CouponCode(models.Model):
    """What a buyer types; ``cap`` is 1 for the codes of a batch, and empty for one that many share."""

    coupon = models.ForeignKey(Coupon, models.PROTECT, verbose_name=_("coupon"), related_name="codes")
    code = models.CharField(pgettext_lazy("coupon", "code"), max_length=40, unique=True, default=new_code)
    cap = models.PositiveIntegerField(_("uses in all"), null=True, blank=True)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("coupon code")
        verbose_name_plural = _("coupon codes")
        constraints = [
            models.CheckConstraint(
                condition=Q(cap__isnull=True) | Q(used__lte=F("cap")), name="no_code_used_too_often"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CouponUse(models.Model):
    """
    One order's use of a coupon: reserved when it is placed, confirmed when it is paid, released when it is given up.

    ``slot`` counts one person's uses from 1; the index makes each of them theirs once, whatever the code.
    """

    coupon = models.ForeignKey(Coupon, models.PROTECT, verbose_name=_("coupon"), related_name="uses")
    code = models.ForeignKey(CouponCode, models.PROTECT, verbose_name=_("coupon code"), related_name="uses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("buyer"), related_name="coupon_uses"
    )
    order = models.OneToOneField(
        Order, models.PROTECT, verbose_name=pgettext_lazy("purchase", "order"), related_name="coupon_use"
    )
    state = models.CharField(_("state"), max_length=10, choices=UseState, default=UseState.RESERVED)
    slot = models.PositiveSmallIntegerField(_("which use of theirs"))
    slots = models.PositiveSmallIntegerField(_("uses that a person had"))
    reserved_at = models.DateTimeField(_("reserved at"), db_default=Now())

    class Meta:
        verbose_name = _("use of a coupon")
        verbose_name_plural = _("uses of coupons")
        constraints = [
            models.UniqueConstraint(
                fields=["coupon", "user", "slot"], name="a_use_is_had_once", condition=~Q(state=UseState.RELEASED)
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=F("slots")), name="no_more_uses_than_a_person_has"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_id}: {self.state}"
