"""Coupons that creators make for what they sell, and prices on cards."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.audience import keys_of
from payments import operations, queries
from payments.models import Coupon, CouponCode, Tier
from payments.rules import CouponRefused

pytestmark = pytest.mark.django_db

TERMS = {"name": "Old friends", "percent": "20", "currency": "CNY", "per_person": "1", "code": "old-friends"}


def make(client, **terms):
    return client.post("/studio/coupons/new/", {**TERMS, **terms})


class TestMaking:
    def test_a_creator_makes_one_and_a_buyer_uses_it(self, ada, ben, enter, sell):
        product = sell()
        answer = make(enter(ada), total_cap="5", ends_on=(timezone.now() + timedelta(days=3)).date().isoformat())
        coupon = Coupon.objects.get()
        assert (answer.status_code, answer.url) == (302, f"/studio/coupons/{coupon.pk}/")
        assert (coupon.creator, coupon.percent, coupon.total_cap, coupon.per_person) == (ada, 20, 5, 1)
        order = operations.place_order(buyer=ben, product_ids=[product.pk], code="old-friends")
        assert order.total_minor == 15920

    def test_it_holds_for_nothing_that_another_sells(self, ada, ben, cleo, enter, sell):
        other = sell("course:43", creator=cleo)
        make(enter(ada))
        with pytest.raises(CouponRefused) as refused:
            operations.place_order(buyer=ben, product_ids=[other.pk], code="old-friends")
        assert refused.value.why == "scope"

    def test_what_another_sells_cannot_be_chosen(self, ada, cleo, enter, sell):
        other = sell("course:43", creator=cleo, title="Not hers")
        client = enter(ada)
        assert make(client, products=[other.pk]).status_code == 422
        assert ("Not hers" in client.get("/studio/coupons/new/").content.decode(), Coupon.objects.count()) == (False, 0)

    def test_only_for_some_and_from_a_minimum_on(self, ada, ben, enter, sell):
        small, large = sell("course:43", 5000), sell("course:44", 30000)
        make(enter(ada), percent="", amount="50", products=[small.pk, large.pk], minimum="100")
        refused = [self.why(ben, small), self.why(ben, sell())]
        assert refused == ["minimum", "scope"]
        assert operations.place_order(buyer=ben, product_ids=[large.pk], code="OLD-FRIENDS").total_minor == 25000

    def why(self, buyer, product):
        with pytest.raises(CouponRefused) as refused:
            operations.place_order(buyer=buyer, product_ids=[product.pk], code="old-friends")
        return refused.value.why

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"percent": "", "amount": ""}, "percent"),
            ({"amount": "5"}, "percent"),
            ({"percent": "101"}, "percent"),
            ({"code": "abc"}, "code"),
            ({"starts_on": "2026-12-05", "ends_on": "2026-12-04"}, "ends_on"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_made(self, ada, enter, wrong, field):
        answer = make(enter(ada), **wrong)
        assert (answer.status_code, list(answer.context["form"].errors), Coupon.objects.count()) == (422, [field], 0)

    def test_a_code_that_is_taken_makes_nothing(self, ada, cleo, enter):
        make(enter(ada))
        answer = make(enter(cleo), code="Old-Friends")
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
        assert Coupon.objects.count() == 1

    def test_its_days_are_whole_days_where_its_maker_lives(self, ada, enter):
        ada.time_zone = "Asia/Shanghai"
        ada.save()
        make(enter(ada), starts_on="2026-12-01", ends_on="2026-12-31")
        coupon = Coupon.objects.get()
        assert [moment.isoformat() for moment in (coupon.starts_at, coupon.ends_at)] == [
            "2026-11-30T16:00:00+00:00", "2026-12-31T16:00:00+00:00"
        ]  # fmt: skip
        page = enter(ada).get(f"/studio/coupons/{coupon.pk}/").content.decode()
        assert "1 Dec 2026 to 31 Dec 2026" in page


class TestCodes:
    @pytest.fixture
    def coupon(self, ada, enter):
        make(enter(ada), code="")
        return Coupon.objects.get()

    def test_a_batch_is_made_and_is_in_the_file_with_what_was_used(self, ada, ben, enter, sell, bought, coupon):
        client = enter(ada)
        client.post(f"/studio/coupons/{coupon.pk}/codes/", {"count": "3"})
        first = CouponCode.objects.earliest("pk")
        operations.place_order(buyer=ben, product_ids=[sell().pk], code=first.code)
        answer = client.get(f"/studio/coupons/{coupon.pk}/codes.csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0] == ["Coupon code", "Used"]
        assert [used for _, used in rows[1:]] == ["1", "0", "0"]
        assert {code for code, _ in rows[1:]} == set(CouponCode.objects.values_list("code", flat=True))
        assert "3 codes, of which 1 are used" in client.get(f"/studio/coupons/{coupon.pk}/").content.decode()

    def test_too_many_at_once_are_not_made(self, ada, enter, coupon):
        answer = enter(ada).post(f"/studio/coupons/{coupon.pk}/codes/", {"count": "2001"})
        assert (answer.status_code, CouponCode.objects.count()) == (422, 0)

    def test_ended_it_makes_no_codes_and_nobody_uses_it(self, ada, ben, enter, sell, coupon):
        client = enter(ada)
        client.post(f"/studio/coupons/{coupon.pk}/codes/", {"count": "1"})
        client.post(f"/studio/coupons/{coupon.pk}/end/")
        assert client.post(f"/studio/coupons/{coupon.pk}/codes/", {"count": "1"}).status_code == 422
        with pytest.raises(CouponRefused):
            operations.place_order(buyer=ben, product_ids=[sell().pk], code=CouponCode.objects.get().code)

    @pytest.mark.leak
    def test_nobody_sees_anothers(self, ada, cleo, enter, coupon):
        enter(ada).post(f"/studio/coupons/{coupon.pk}/codes/", {"count": "1"})
        code, other = CouponCode.objects.get().code, enter(cleo)
        answers = [
            other.get(f"/studio/coupons/{coupon.pk}/"),
            other.get(f"/studio/coupons/{coupon.pk}/codes.csv"),
            other.post(f"/studio/coupons/{coupon.pk}/codes/", {"count": "1"}),
            other.post(f"/studio/coupons/{coupon.pk}/end/"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
        assert "Old friends" not in other.get("/studio/coupons/").content.decode()
        own = enter(ada)
        assert "Old friends" in own.get("/studio/coupons/").content.decode()
        assert code in own.get(f"/studio/coupons/{coupon.pk}/codes.csv").content.decode()

    def test_the_list_costs_the_same_for_one_and_for_three(self, ada, enter):
        client, costs = enter(ada), []
        for number in range(3):
            make(client, code=f"friends-{number}")
            client.get("/studio/coupons/")
            with CaptureQueriesContext(connection) as asked:
                client.get("/studio/coupons/")
            costs.append(len(asked))
        assert len(set(costs)) == 1, costs


class TestCards:
    @pytest.fixture
    def shelf(self, ada, sell):
        """Products with no rule, one of their own, a general one that is smaller, and one for members of a tier."""
        now = timezone.now()
        span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=1), "by": ada}
        products = [sell(f"course:{70 + number}", 10000 + number) for number in range(4)]
        gold = Tier.objects.create(slug="gold", name_zh="金", name_en="Gold")
        words = {"label_zh": "开学", "label_en": "New term"}
        operations.set_rule(percent=10, **words, **span)
        operations.set_rule(percent=30, product=products[1], **words, **span)
        operations.set_rule(percent=5, product=products[2], **words, **span)
        operations.set_rule(percent=50, product=products[3], tier=gold, label_zh="会员", label_en="Members", **span)
        over = operations.set_rule(percent=90, **words, **span)
        operations.end_rule(rule=over, by=ada)
        return products, gold

    def test_a_card_says_what_the_checkout_says_in_two_queries(self, ada, ben, cleo, shelf):
        products, gold = shelf
        operations.grant(user=cleo, key=gold.key, cause="staff", by=ada, reason="test")
        for viewer in (ben, cleo):
            keys_of(viewer)
            with CaptureQueriesContext(connection) as asked:
                found = queries.prices_for([one.subject for one in products], viewer=viewer)
            assert list(found.values()) == queries.priced(products=products, buyer=viewer)
            assert len(asked) == 2
        assert [queries.prices_for([one.subject], viewer=cleo)[one.subject].amount for one in products] == [
            9000, 7001, 9002, 5002
        ]  # fmt: skip

    @pytest.mark.leak
    def test_the_price_of_members_is_not_shown_to_others(self, ben, shelf):
        [*_, last] = shelf[0]
        [step] = queries.prices_for([last.subject], viewer=ben)[last.subject].steps
        assert (step.label, step.amount) == ("New term", 1000)
