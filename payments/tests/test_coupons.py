"""Coupons, public rules, and how reductions stack."""

from datetime import UTC, datetime, timedelta

import pytest

from core.audit.models import AuditEntry
from payments import operations, queries, rules
from payments.models import Coupon, CouponCode, CouponUse, Order, Tier
from payments.providers import Status

pytestmark = pytest.mark.django_db
DAY = 86400


@pytest.fixture
def coupon(ada):
    def made(code="SPRING", **terms):
        terms = {"name": "Spring", "by": ada, **({} if "amount" in terms else {"percent": 20}), **terms}
        made = operations.make_coupon(**terms)
        if code:
            operations.share_code(coupon=made, code=code)
        return made

    return made


@pytest.fixture
def place(ben):
    def placed(product, code="", buyer=None):
        return operations.place_order(buyer=buyer or ben, product_ids=[product.pk], code=code)

    return placed


def refused(act, *args, **kwargs):
    with pytest.raises(operations.CouponRefused) as found:
        act(*args, **kwargs)
    return found.value.why


def used(coupon):
    coupon.refresh_from_db()
    return coupon.used, sorted(coupon.uses.values_list("state", flat=True))


class TestWhatItIsWorth:
    @pytest.mark.parametrize(
        ("terms", "price", "pays"),
        [
            ({"percent": 20}, 19900, 15920), ({"percent": 33}, 101, 68), ({"percent": 100}, 19900, 0),
            ({"amount": 5000}, 19900, 14900), ({"amount": 50000}, 19900, 0),
        ],
    )  # fmt: skip
    def test_to_the_last_fen_and_never_below_zero(self, sell, coupon, place, terms, price, pays):
        coupon(**terms)
        order = place(sell(amount=price), "spring ")
        [line] = order.lines.all()
        assert (order.total_minor, line.price_minor, line.discount_minor, line.amount_minor) == (
            pays,
            price,
            price - pays,
            pays,
        )
        assert [(one.kind, one.label, one.amount_minor) for one in line.reductions.all()] == [
            ("coupon", "Coupon SPRING", price - pays)
        ]

    def test_all_of_it_off_needs_no_provider(self, sell, coupon, place, till):
        coupon(percent=100)
        assert (place(sell(), "SPRING").state, till.calls) == ("paid", [])

    def test_the_creator_shares_in_the_reduction(self, ada, ben, sell, coupon, told, balance):
        coupon(percent=50)
        _, payment = operations.check_out(buyer=ben, product_ids=[sell().pk], provider="till", code="SPRING")
        told(payment, Status.PAID)
        assert (payment.amount_minor, balance("creator", f"user:{ada.pk}")) == (9950, 9950 * 80 // 100)


class TestWhereItHolds:
    def test_only_for_what_its_creator_sells(self, ada, cleo, sell, coupon, place):
        coupon(creator=cleo)
        assert refused(place, sell("course:1", creator=ada), "SPRING") == "scope"
        assert place(sell("course:2", creator=cleo), "SPRING").total_minor == 15920

    def test_only_for_named_products(self, sell, coupon, place):
        mine, other = sell("course:1"), sell("course:2")
        coupon(products=(mine,))
        assert (refused(place, other, "SPRING"), place(mine, "SPRING").total_minor) == ("scope", 15920)

    def test_only_in_its_currency(self, sell, coupon, place):
        coupon(currency="USD")
        assert refused(place, sell(), "SPRING") == "scope"

    def test_only_above_its_minimum(self, sell, coupon, place):
        coupon(minimum=10000)
        assert refused(place, sell("course:1", 9999), "SPRING") == "minimum"
        assert place(sell("course:2", 10000), "SPRING").total_minor == 8000

    def test_only_in_its_time(self, sell, coupon, place, clock):
        now = datetime.now(UTC)
        coupon(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
        product = sell()
        assert refused(place, product, "SPRING") == "early"
        clock.shift(DAY)
        assert place(product, "SPRING").total_minor == 15920
        clock.shift(DAY)
        assert refused(place, product, "SPRING") == "late"

    def test_not_when_ended_or_unknown(self, ada, sell, coupon, place):
        operations.end_coupon(coupon=coupon(), by=ada)
        assert [refused(place, sell(), code) for code in ("SPRING", "NOTHING")] == ["unknown", "unknown"]


class TestUses:
    def test_reserved_with_the_order_confirmed_with_the_money(self, ben, sell, coupon, told):
        spring = coupon(total_cap=1)
        _, payment = operations.check_out(buyer=ben, product_ids=[sell().pk], provider="till", code="SPRING")
        assert used(spring) == (1, ["reserved"])
        told(payment, Status.PAID)
        assert used(spring) == (1, ["confirmed"])

    def test_released_when_the_order_expires(self, cleo, sell, coupon, place, clock):
        spring, product = coupon(total_cap=1), sell()
        place(product, "SPRING")
        assert refused(place, product, "SPRING", cleo) == "used_up"
        clock.shift(DAY + 1)
        operations.expire_orders()
        assert used(spring) == (0, ["released"])
        place(product, "SPRING", cleo)
        assert used(spring) == (1, ["released", "reserved"])

    def test_released_when_it_is_cancelled_once(self, ben, sell, coupon, place):
        spring = coupon()
        order = place(sell(), "SPRING")
        for _ in range(2):
            operations.cancel_order(order=order, by=ben)
        assert used(spring) == (0, ["released"])

    def test_money_that_comes_after_the_release_goes_back_and_takes_no_use(self, ben, sell, coupon, told, clock):
        spring = coupon(total_cap=1)
        _, payment = operations.check_out(buyer=ben, product_ids=[sell().pk], provider="till", code="SPRING")
        clock.shift(DAY + 1)
        operations.expire_orders()
        told(payment, Status.PAID)
        assert (used(spring), [refund.cause for refund in payment.refunds.all()]) == ((0, ["released"]), ["late"])

    def test_a_refund_does_not_give_the_use_back(self, ben, sell, coupon, told):
        spring = coupon()
        order, payment = operations.check_out(buyer=ben, product_ids=[sell().pk], provider="till", code="SPRING")
        told(payment, Status.PAID)
        operations.request_refund(order=order, by=ben)
        assert used(spring) == (1, ["confirmed"])

    def test_so_many_times_per_person(self, cleo, sell, coupon, place):
        coupon(per_person=2)
        for number in range(2):
            place(sell(f"course:{number}"), "SPRING")
        assert refused(place, sell("course:9"), "SPRING") == "yours"
        assert place(sell("course:9"), "SPRING", cleo).total_minor == 15920

    def test_the_same_click_again_is_the_same_order_and_the_same_use(self, sell, coupon, place):
        spring, product = coupon(), sell()
        assert (place(product, "SPRING") == place(product, "SPRING"), used(spring)) == (True, (1, ["reserved"]))

    def test_with_and_without_the_code_are_different_orders(self, sell, coupon, place):
        spring, product = coupon(), sell()
        first, second = place(product, "SPRING"), place(product)
        first.refresh_from_db()
        assert (first.state, second.total_minor, used(spring)) == ("cancelled", 19900, (0, ["released"]))

    def test_a_batch_is_for_one_use_each(self, ada, cleo, sell, coupon, place):
        thanks = coupon(code="", per_person=5)
        codes = operations.make_codes(coupon=thanks, count=3, by=ada)
        assert len({code.code for code in codes}) == 3
        assert all(len(code.code.replace("-", "")) * 5 >= 60 for code in codes)
        place(sell("course:1"), codes[0].code.lower())
        assert refused(place, sell("course:1"), codes[0].code, cleo) == "used_up"
        place(sell("course:2"), codes[1].code)
        assert AuditEntry.objects.filter(act="payments.coupon_codes").count() == 1


class TestRules:
    @pytest.fixture
    def rule(self, ada):
        def made(percent=10, **terms):
            now = datetime.now(UTC)
            return operations.set_rule(
                label_zh="开学", label_en="Start of term", percent=percent, starts_at=now, ends_at=now + timedelta(days=1), by=ada, **terms
            )  # fmt: skip

        return made

    def test_it_holds_for_everybody_in_its_time_and_says_why(self, ada, ben, cleo, sell, rule, place, clock):
        product = sell()
        made = rule()
        for buyer in (ben, cleo):
            [line] = place(product, buyer=buyer).lines.all()
            [why] = line.reductions.all()
            assert (why.kind, why.label, why.amount_minor, why.rule) == ("rule", "Start of term", 1990, made)
        clock.shift(DAY)
        assert place(product).total_minor == 19900

    def test_the_largest_that_fits_counts_alone(self, ben, sell, rule, place):
        product, other = sell("course:1"), sell("course:2")
        rule(10), rule(25, product=product), rule(50, product=other)
        assert place(product).total_minor == 19900 - 4975

    def test_for_members_of_a_tier(self, ada, ben, cleo, sell, rule, place, bought):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        bought(ben, operations.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada))
        rule(30, tier=tier)
        product = sell()
        who = [type(user).objects.get(pk=user.pk) for user in (ben, cleo)]
        assert [place(product, buyer=user).total_minor for user in who] == [13930, 19900]

    def test_ended_early_it_is_gone_and_a_waiting_order_keeps_its_price(self, ada, sell, rule, place):
        made, product = rule(), sell()
        order = place(product)
        operations.end_rule(rule=made, by=ada)
        order.refresh_from_db()
        assert (order.state, order.total_minor, place(product).total_minor) == ("placed", 17910, 19900)

    def test_stacking_is_a_stated_rule(self, ben, sell, rule, coupon, place):
        """First the public rule, then the coupon on what is left; nothing else."""
        rule(10), coupon(percent=50)
        order = place(sell(amount=10000), "SPRING")
        [line] = order.lines.all()
        assert [(one.kind, one.amount_minor) for one in line.reductions.order_by("pk")] == [
            ("rule", 1000),
            ("coupon", 4500),
        ]
        assert order.total_minor == 4500

    def test_plans_of_tiers_are_not_reduced_by_the_way(self, ada, ben, sell, rule):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        plan = operations.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
        rule(30)
        assert queries.quote(products=[plan], buyer=ben).total == 3900


def text(answer):
    return " ".join(answer.content.decode().split())


class TestThePage:
    def test_counting_in_shows_the_reduction_and_orders_nothing(self, ben, enter, sell, coupon):
        coupon()
        page = text(enter(ben).post(sell().get_absolute_url(), {"code": "spring", "act": "apply"}))
        assert ("Coupon SPRING" in page, "−¥39.80" in page, "Pay ¥159.20" in page) == (True, True, True)
        assert Order.objects.count() == 0

    def test_paying_uses_it_and_coming_back_finds_it(self, ben, enter, sell, coupon):
        coupon()
        client, product = enter(ben), sell()
        client.post(product.get_absolute_url(), {"code": "SPRING", "act": "pay", "way": "till", "seen": "15920"})
        page = text(client.get(product.get_absolute_url()))
        assert ('value="SPRING"' in page, "Pay ¥159.20" in page, Order.objects.get().total_minor) == (True, True, 15920)

    def test_a_code_that_does_not_hold_says_why_and_keeps_what_was_typed(self, ben, enter, sell, coupon):
        coupon(minimum=50000)
        page = text(enter(ben).post(sell().get_absolute_url(), {"code": "SPRING", "act": "pay", "way": "till"}))
        assert ("holds for larger purchases" in page, 'value="SPRING"' in page, "Pay ¥199" in page) == (
            True,
            True,
            True,
        )
        assert Order.objects.count() == 0

    def test_guessing_is_stopped(self, ben, cleo, enter, sell, coupon):
        coupon()
        client, product = enter(ben), sell()
        answers = [client.post(product.get_absolute_url(), {"code": f"GUESS{n}", "act": "apply"}) for n in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        blocked = text(client.post(product.get_absolute_url(), {"code": "SPRING", "act": "apply"}))
        assert ("Too many codes" in blocked, "Pay ¥199" in blocked) == (True, True)
        assert "Pay ¥159.20" in text(enter(cleo).post(product.get_absolute_url(), {"code": "SPRING", "act": "apply"}))

    def test_nobody_is_sent_to_pay_more_than_the_button_said(self, ben, enter, sell):
        client, product = enter(ben), sell()
        sell(amount=29900)
        page = text(client.post(product.get_absolute_url(), {"way": "till", "act": "pay", "seen": "19900"}))
        assert ("The price has changed" in page, "Pay ¥299" in page, Order.objects.count()) == (True, True, 0)

    def test_on_the_order_and_its_receipt_every_reduction_is_said(self, ben, enter, sell, coupon, told):
        coupon()
        order, payment = operations.check_out(buyer=ben, product_ids=[sell().pk], provider="till", code="SPRING")
        told(payment, Status.PAID)
        assert "Coupon SPRING" in text(enter(ben).get(order.get_absolute_url()))


def test_the_database_is_the_last_line(ada, ben, sell, coupon, place):
    from django.db import IntegrityError, transaction

    spring = coupon(total_cap=1, per_person=1)
    place(sell(), "SPRING")
    for change in (
        lambda: Coupon.objects.filter(pk=spring.pk).update(used=2),
        lambda: CouponUse.objects.update(slot=2),
        lambda: CouponCode.objects.update(cap=0),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert rules.percent_off(amount=101, percent=33) == 33
