"""What is sold, how it is priced, and what makes it cheaper."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit.admin import Audited, InWords
from payments import fulfilment, operations
from payments.forms import BatchForm, BundleForm, CouponTerms, PriceRuleTerms
from payments.models import BundlePart, Coupon, CouponCode, Inclusion, Organization, PriceRule, Product, Tier
from payments.views import member

from .parts import Priced, written


class Parts(admin.TabularInline):
    """What a bundle consists of; shown for bundles alone."""

    model = BundlePart
    fk_name = "bundle"
    extra = 0
    autocomplete_fields = ("product",)
    fields = ("product", "place")


@admin.register(Product)
class ProductAdmin(Priced, Audited):
    """Prices and terms; what is sold is made by the room that owns it."""

    list_display = ("title", "subject", "creator", "price", "share_percent", "withdrawn_at")
    list_filter = (InWords.on("kind", title=gettext_lazy("kind"), said=fulfilment.in_words), "currency")
    list_select_related = ("creator",)
    search_fields = ("title", "subject")
    ordering = ("-pk",)
    fields = (
        "title", "subject", "creator", "price_minor", "currency", "share_percent", "refund_days", "refund_max_progress",
        "withdrawn_at",
    )  # fmt: skip
    readonly_fields = ("title", "subject", "creator", "withdrawn_at")
    actions = ("withdraw",)
    refusals: ClassVar = {
        "no_price_below_zero": gettext_lazy("A price is not below zero."),
        "percents_are_percents": gettext_lazy(
            "A share, or what may be studied before a refund, is 100 percent at most."
        ),
    }
    price = written("price_minor", gettext_lazy("price"))
    amounts: ClassVar = {"price_minor": (gettext_lazy("price"), "0")}
    inlines = ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """The parts of a bundle."""
        return (Parts,) if obj is not None and obj.is_bundle else ()

    change_list_template = "payments/desk/products.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: the room that owns a thing puts it on sale."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """The page that makes a bundle beside the usual ones."""
        bundle = path("bundle/", self.admin_site.admin_view(self.bundle), name="payments_product_bundle")
        return [bundle, *super().get_urls()]

    def bundle(self, request: HttpRequest) -> HttpResponse:
        """Sell several things together."""
        if not request.user.has_perm("payments.change_product"):
            raise PermissionDenied
        form = BundleForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                bundle = operations.set_bundle(by=member(request), **form.cleaned_data)
            except operations.NoBundle:
                form.add_error("amount", _("A bundle is in one currency, and not dearer than its parts."))
            else:
                messages.success(request, _("It is on sale."))
                return redirect("admin:payments_product_change", bundle.pk)
        context = {**self.admin_site.each_context(request), "form": form, "title": _("Sell several things together")}
        return TemplateResponse(request, "payments/desk/bundle.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: orders point to it."""
        return False

    def save_model(self, request: HttpRequest, obj: Product, form: Form, change: bool) -> None:  # noqa: FBT001 - Django's
        """Change the terms, on record with what they were."""
        operations.change_terms(product=obj, by=member(request))

    @admin.action(description=gettext_lazy("Take off sale"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Take the chosen products off sale."""
        for product in queryset:
            operations.withdraw(subject=product.subject, by=member(request))


class Plans(Priced, admin.TabularInline):
    """What a tier costs; a price that is changed here holds for those who join from now on."""

    model = Product
    fk_name = "tier"
    extra = 0
    can_delete = False
    fields = ("period", "price_minor", "currency", "refund_days", "withdrawn_at")
    readonly_fields = ("withdrawn_at",)
    amounts: ClassVar = {"price_minor": (gettext_lazy("price"), "0.01")}


class Inclusions(admin.TabularInline):
    model = Inclusion
    extra = 0
    autocomplete_fields = ("product",)
    fields = ("product",)


@admin.register(Tier)
class TierAdmin(Audited):
    """Memberships with their plans and what is included in them."""

    list_display = ("name", "slug", "trial_days", "place", "closed_at")
    ordering = ("place", "pk")
    fields = (
        "slug",
        "name_zh",
        "name_en",
        "about_zh",
        "about_en",
        "gives_zh",
        "gives_en",
        "trial_days",
        "place",
        "closed_at",
    )
    inlines = (Plans, Inclusions)

    @admin.display(description=gettext_lazy("name"))
    def name(self, tier: Tier) -> str:
        """What it is called, in the language of the desk."""
        return tier.name

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key of a tier that has members does not change."""
        return ("slug",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: members hold it. It is closed instead."""
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:
        """Set prices and inclusions by the operations that put them on record."""
        by, tier = member(request), form.instance
        for row in formset.save(commit=False):
            if isinstance(row, Product):
                operations.set_plan(
                    tier=tier, period=row.period, amount=row.price_minor, currency=row.currency, by=by, refund_days=row.refund_days
                )  # fmt: skip
            else:
                operations.include(tier=tier, product=row.product, by=by)
        for row in formset.deleted_objects:
            operations.exclude(tier=tier, product=row.product, by=by)


@admin.register(PriceRule)
class PriceRuleAdmin(Audited):
    """Public reductions for a time; one that has begun is ended, not changed."""

    form = PriceRuleTerms
    list_display = ("label", "percent", "product", "tier", "organization", "starts_at", "ends_at", "ended_at")
    list_select_related = ("product", "tier", "organization")
    ordering = ("-pk",)
    autocomplete_fields = ("product",)
    fields = ("label_zh", "label_en", "percent", "product", "tier", "organization", "starts_at", "ends_at")
    actions = ("end",)
    refusals: ClassVar = {
        "a_rule_takes_off_a_part": gettext_lazy("It takes off 1 to 100 percent."),
        "a_rule_ends_after_it_begins": gettext_lazy("It would end before it begins."),
    }

    @admin.display(description=gettext_lazy("reason"))
    def label(self, rule: PriceRule) -> str:
        """What buyers are told, in the language of the desk."""
        return rule.label

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only to end them: what buyers were told stays as it was."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: orders say why they were cheaper."""
        return False

    def save_model(self, request: HttpRequest, obj: PriceRule, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Set the rule, on record."""
        obj.pk = operations.set_rule(by=member(request), **form.cleaned_data).pk

    @admin.action(description=gettext_lazy("End it now"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[PriceRule]) -> None:
        """End the chosen rules before their time."""
        for rule in queryset:
            operations.end_rule(rule=rule, by=member(request))


@admin.register(Organization)
class OrganizationAdmin(Audited):
    """Whose people buy at a price of their own, by what stands behind the @ of the addresses that they have confirmed."""

    list_display = ("called", "behind_the_at")
    ordering = ("pk",)
    fields = ("name_zh", "name_en", "domains")
    refusals: ClassVar = {"an_organization_has_a_domain": gettext_lazy("Name at least one domain.")}

    @admin.display(description=gettext_lazy("name"))
    def called(self, organization: Organization) -> str:
        """Its name in the reader's language."""
        return organization.name

    @admin.display(description=gettext_lazy("mail domains"))
    def behind_the_at(self, organization: Organization) -> str:
        """All of its domains."""
        return ", ".join(organization.domains)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: rules name it."""
        return False


class Codes(admin.TabularInline):
    """Codes that many may share; those of a batch are made by the button."""

    model = CouponCode
    extra = 0
    can_delete = False
    fields = ("code", "cap", "used")
    readonly_fields = ("cap", "used")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a code that somebody was told stays what it is."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CouponCode]:
        """The shared ones; a batch may be ten thousand."""
        return super().get_queryset(request).filter(cap__isnull=True)


@admin.register(Coupon)
class CouponAdmin(Priced, Audited):
    """Terms for codes, how often they were used, and batches of codes for one use each."""

    form = CouponTerms
    list_display = (
        "name",
        "percent",
        "amount",
        "least",
        "used",
        "total_cap",
        "starts_at",
        "ends_at",
        "ended_at",
    )
    list_select_related = ("creator",)
    amount = written("amount_minor", gettext_lazy("amount"))
    least = written("minimum_minor", gettext_lazy("smallest purchase"))
    amounts: ClassVar = {
        "amount_minor": (gettext_lazy("amount off"), "0.01"),
        "minimum_minor": (gettext_lazy("smallest purchase"), "0"),
    }
    search_fields = ("name", "codes__code")
    ordering = ("-pk",)
    autocomplete_fields = ("creator", "products")
    fields = (
        "name", "percent", "amount_minor", "currency", "creator", "products", "starts_at", "ends_at", "total_cap", "per_person",
        "minimum_minor", "used",
    )  # fmt: skip
    readonly_fields = ("used",)
    refusals: ClassVar = {"percent_or_amount": gettext_lazy("Either percent or an amount.")}
    inlines = (Codes,)
    actions = ("end",)
    change_form_template = "payments/desk/coupon.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: orders say why they were cheaper."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """The page that makes a batch beside the usual ones."""
        batch = path("<int:pk>/batch/", self.admin_site.admin_view(self.batch), name="payments_coupon_batch")
        return [batch, *super().get_urls()]

    def batch(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make codes for one use each, and show them."""
        if not request.user.has_perm("payments.add_couponcode"):
            raise PermissionDenied
        coupon = get_object_or_404(Coupon, pk=pk)
        form = BatchForm(request.POST if request.method == "POST" else None)
        codes = []
        if form.is_valid():
            codes = operations.make_codes(coupon=coupon, count=form.cleaned_data["count"], by=member(request))
        context = {
            **self.admin_site.each_context(request),
            "coupon": coupon,
            "form": form,
            "codes": codes,
            "title": _("A batch of codes"),
        }
        return TemplateResponse(request, "payments/desk/batch.html", context)

    @admin.action(description=gettext_lazy("End it now"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Coupon]) -> None:
        """End the chosen coupons."""
        for coupon in queryset:
            operations.end_coupon(coupon=coupon, by=member(request))
