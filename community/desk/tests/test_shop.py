"""What is sold is priced at the desk: each act leaves a note, and only who was given the rights gets there."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from core.audit.models import AuditEntry
from payments import operations
from payments.models import BundlePart, Coupon, CouponCode, Inclusion, InvoiceRequest, Product, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(ada):
    return operations.set_price(
        kind="book", subject="book:1", title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada
    )


def acts():
    return set(AuditEntry.objects.values_list("act", flat=True))


def inline(prefix, rows, **first):
    fields = {f"{prefix}-TOTAL_FORMS": rows, f"{prefix}-INITIAL_FORMS": 0}
    return fields | {f"{prefix}-0-{name}": value for name, value in first.items()}


def test_a_tier_with_its_plan_and_what_it_includes(eli, course, desk_of):
    form = {
        "slug": "reader", "name_zh": "读者", "name_en": "Reader", "about_zh": "", "about_en": "", "gives_zh": "", "gives_en": "Ask",
        "trial_days": 7, "place": 0,
        **inline("plans", 1, period="year", price_minor="360", currency="CNY", refund_days=7),
        **inline("inclusions", 1, product=course.pk),
    }  # fmt: skip
    answer = desk_of(eli).post(reverse("admin:payments_tier_add"), form)
    assert answer.status_code == 302, answer.context["adminform"].errors
    plan = Product.objects.get(kind="tier")
    assert (plan.subject, plan.price_minor, plan.key) == ("tier:reader:year", 36000, "tier:reader")
    assert [one.product for one in Inclusion.objects.all()] == [course]
    assert acts() >= {"payments.set_price", "payments.include"}
    tier = Tier.objects.get()
    assert desk_of(eli).get(reverse("admin:payments_tier_change", args=[tier.pk])).status_code == 200


def test_a_batch_of_codes_is_shown_once(eli, ada, desk_of):
    coupon = operations.make_coupon(by=ada, name="Thanks", percent=10)
    page = desk_of(eli).post(reverse("admin:payments_coupon_batch", args=[coupon.pk]), {"count": 3}).content.decode()
    codes = list(CouponCode.objects.values_list("code", flat=True))
    assert (len(codes), all(code in page for code in codes)) == (3, True)
    assert "payments.coupon_codes" in acts()


def test_a_coupon_with_a_shared_code(eli, desk_of):
    form = {
        "name": "Spring", "percent": 20, "currency": "CNY", "starts_at_0": "2026-01-01", "starts_at_1": "00:00:00", "per_person": 1,
        "minimum_minor": 0, **inline("codes", 1, code="SPRING"),
    }  # fmt: skip
    answer = desk_of(eli).post(reverse("admin:payments_coupon_add"), form)
    assert answer.status_code == 302, answer.context["adminform"].errors
    assert list(CouponCode.objects.values_list("code", "cap")) == [("SPRING", None)]


COUPON = {
    "name": "Spring", "percent": 20, "currency": "CNY", "starts_at_0": "2026-01-02", "starts_at_1": "00:00:00", "per_person": 1,
    "minimum_minor": 0, **inline("codes", 0),
}  # fmt: skip
RULE = {
    "label_zh": "开学", "label_en": "Autumn", "percent": 20, "starts_at_0": "2026-01-02", "starts_at_1": "00:00:00", "ends_at_0": "2026-02-01",
    "ends_at_1": "00:00:00",
}  # fmt: skip


class TestNonsense:
    """What the database would refuse is said in the words of whoever typed it, and nothing is made."""

    @pytest.mark.parametrize(
        ("page", "typed", "field", "words"),
        [
            ("coupon", COUPON | {"amount_minor": 20}, "percent", "百分比和金额，填一个。"),
            ("coupon", COUPON | {"percent": ""}, "percent", "百分比和金额，填一个。"),
            ("coupon", COUPON | {"percent": 120}, "percent", "请填 1 到 100。"),
            ("coupon", COUPON | {"percent": 0}, "percent", "请填 1 到 100。"),
            ("coupon", COUPON | {"ends_at_0": "2026-01-01", "ends_at_1": "00:00:00"}, "ends_at", "结束要在开始之后。"),
            ("pricerule", RULE | {"ends_at_0": "2026-01-01"}, "ends_at", "结束要在开始之后。"),
            ("pricerule", RULE | {"ends_at_0": "2026-01-02"}, "ends_at", "结束要在开始之后。"),
        ],
    )
    def test_a_new_one(self, eli, desk_of, page, typed, field, words):
        answer = desk_of(eli, language="zh-hans").post(reverse(f"admin:payments_{page}_add"), typed)
        assert answer.context["adminform"].errors == {field: [words]}

    @pytest.mark.parametrize(("page", "typed"), [("coupon", COUPON), ("pricerule", RULE)])
    def test_control_without_it_one_is_made(self, eli, desk_of, page, typed):
        assert desk_of(eli).post(reverse(f"admin:payments_{page}_add"), typed).status_code == 302

    def test_fewer_uses_than_there_were(self, eli, ada, desk_of):
        coupon = operations.make_coupon(by=ada, name="Spring", percent=20, total_cap=9)
        Coupon.objects.filter(pk=coupon.pk).update(used=5)
        address = reverse("admin:payments_coupon_change", args=[coupon.pk])
        for most, errors in ((4, {"total_cap": ["已经用掉 5 次了。"]}), (5, None)):
            answer = desk_of(eli, language="zh-hans").post(address, COUPON | {"total_cap": most})
            assert (answer.context["adminform"].errors if errors else answer.status_code) == (errors or 302)


def test_several_things_together(eli, ada, course, desk_of):
    other = operations.set_price(
        kind="book", subject="book:2", title="Tea", amount=10000, currency="CNY", creator=ada, by=ada
    )
    address, fields = reverse("admin:payments_product_bundle"), {"slug": "both", "title": "Both"}
    refused = desk_of(eli).post(address, fields | {"products": [course.pk, other.pk], "amount": "300"})
    assert "not dearer than its parts" in refused.content.decode()
    desk_of(eli).post(address, fields | {"products": [course.pk, other.pk], "amount": "239"})
    bundle = Product.objects.get(kind="bundle")
    assert (bundle.price_minor, BundlePart.objects.filter(bundle=bundle).count()) == (23900, 2)
    assert desk_of(eli).get(reverse("admin:payments_product_changelist")).status_code == 200


def test_an_invoice_is_noted(eli, ada, ben, desk_of):
    free = operations.set_price(
        kind="book", subject="book:3", title="Free", amount=0, currency="CNY", creator=ada, by=ada
    )
    order = operations.place_order(buyer=ben, product_ids=[free.pk])
    asked = InvoiceRequest.objects.create(order=order, title="提灯学社")
    address = reverse("admin:payments_invoicerequest_decide", args=[asked.pk])
    assert "Either a number or a reason" in desk_of(eli).post(address, {}).content.decode()
    desk_of(eli).post(address, {"number": "2531"})
    asked.refresh_from_db()
    assert (asked.number, asked.by, desk_of(eli).get(address).status_code) == ("2531", eli, 404)
    assert "payments.invoice" in acts()


@pytest.mark.leak
@pytest.mark.parametrize("name", ["tier", "coupon", "pricerule", "gift", "invoicerequest"])
def test_a_moderator_sees_none_of_it_until_they_are_given_the_right(dora, desk_of, name):
    address = reverse(f"admin:payments_{name}_changelist")
    assert desk_of(dora).get(address).status_code == 403
    dora.user_permissions.add(Permission.objects.get(codename=f"view_{name}"))
    assert desk_of(type(dora).objects.get(pk=dora.pk)).get(address).status_code == 200


def test_a_coupon_is_ended_by_hand(eli, ada, desk_of):
    coupon = operations.make_coupon(by=ada, name="Thanks", percent=10)
    desk_of(eli).post(
        reverse("admin:payments_coupon_changelist"), {"action": "end", "_selected_action": [coupon.pk], "confirm": "1"}
    )
    assert Coupon.objects.get().ended_at is not None
