"""Amounts are typed as people write them, in yuan or dollars; what is stored counts the smallest unit."""

import pytest
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.utils import translation

from core.ui.formats import NO_MINOR_UNIT
from payments import admin, operations
from payments.admin.shop import Plans
from payments.enums import Currency
from payments.forms import Amount
from payments.models import Coupon, Product, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(rf, eli):
    request = rf.get("/desk/")
    request.user = eli
    return request


@pytest.fixture
def desk_form(asked):
    """The form of a row at the desk, filled in as given over what stands in it."""

    def form(place, row=None, **typed):
        made = place.get_form(asked, row, change=row is not None)
        if not typed:
            return made(instance=row)
        stands = {name: made(instance=row)[name].value() for name in made.base_fields}
        return made({name: value for name, value in {**stands, **typed}.items() if value is not None}, instance=row)

    return form


def test_every_currency_has_a_hundred_smallest_units():
    assert set(Currency.values) & NO_MINOR_UNIT == set()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("199", 19900), ("199.5", 19950), ("199.50", 19950), ("0.01", 1), (" 12.34 ", 1234), ("1,299.00", 129900)],
)
def test_what_is_typed_is_stored_in_the_smallest_unit(typed, stored):
    assert Amount().clean(typed) == stored


@pytest.mark.parametrize(
    "typed", ["0", "-1", "0.001", "1.999", "cheap", "", "1,5", "12,34.5", "NaN", "1e400", "99999999999"]
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValidationError):
        Amount().clean(typed)


class TestAPrice:
    @pytest.mark.parametrize(("language", "label"), [("en", "price"), ("zh-hans", "价格")])
    def test_it_stands_there_as_people_write_it(self, sell, desk_form, language, label):
        with translation.override(language):
            field = desk_form(admin.ProductAdmin(Product, AdminSite()), sell(amount=19950))["price_minor"]
            assert (str(field.label), str(field.value())) == (label, "199.50")
            assert ('value="199.50"' in str(field), 'inputmode="decimal"' in str(field)) == (True, True)

    @pytest.mark.parametrize("currency", Currency.values)
    def test_it_is_changed_as_people_write_it(self, sell, desk_form, asked, currency):
        product, place = sell(currency=currency), admin.ProductAdmin(Product, AdminSite())
        form = desk_form(place, product, price_minor="1299.9")
        assert (form.errors, form.changed_data) == ({}, ["price_minor"])
        place.save_model(asked, form.save(commit=False), form, change=True)
        product.refresh_from_db()
        assert (product.price_minor, product.currency) == (129990, currency)

    def test_one_that_stays_has_not_changed(self, sell, desk_form):
        form = desk_form(admin.ProductAdmin(Product, AdminSite()), sell(amount=19900), price_minor="199.00")
        assert (form.errors, form.changed_data) == ({}, [])

    def test_nothing_costs_less_than_nothing(self, sell, desk_form):
        form = desk_form(admin.ProductAdmin(Product, AdminSite()), sell(), price_minor="-0.01")
        assert form.errors == {"price_minor": ["Ensure this value is greater than or equal to 0."]}

    def test_of_a_plan_too(self, asked, ada):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        plan = operations.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
        form = Plans(Tier, AdminSite()).get_formset(asked, tier).form(instance=plan)
        assert 'value="39.00"' in str(form["price_minor"])
        assert form.fields["price_minor"].clean("39.90") == 3990


class TestACoupon:
    @pytest.fixture
    def place(self):
        return admin.CouponAdmin(Coupon, AdminSite())

    def test_it_is_made_as_people_write_it(self, place, desk_form):
        form = desk_form(
            place, name="Spring", amount_minor="20.5", minimum_minor="100", per_person="1", currency="USD", starts_at_0="2026-01-01",
            starts_at_1="00:00",
        )  # fmt: skip
        assert form.errors == {}
        coupon = form.save()
        assert (coupon.amount_minor, coupon.minimum_minor, coupon.percent) == (2050, 10000, None)

    def test_it_stands_there_as_people_write_it(self, place, desk_form, ada):
        coupon = operations.make_coupon(by=ada, name="Spring", amount=2050, currency="CNY", minimum=10001)
        form = desk_form(place, coupon)
        assert [str(form[name].label) for name in ("amount_minor", "minimum_minor")] == [
            "amount off",
            "smallest purchase",
        ]
        assert ('value="20.50"' in str(form["amount_minor"]), 'value="100.01"' in str(form["minimum_minor"])) == (
            True,
            True,
        )

    def test_one_that_takes_off_a_part_has_no_amount(self, place, desk_form, ada):
        coupon = operations.make_coupon(by=ada, name="Spring", percent=20)
        form = desk_form(place, coupon)
        assert (form["amount_minor"].value(), form["minimum_minor"].value()) == (None, 0)
