"""Gifts and bundles: who gets what, and who gets how much back."""

from datetime import UTC, datetime, timedelta

import pytest

from core import audience
from core.events.testing import published
from payments import events, operations, queries, rules
from payments.models import Entitlement, Gift, Tier
from payments.providers import Status

pytestmark = pytest.mark.django_db


def text(answer):
    return " ".join(answer.content.decode().split())


def keys(user):
    return {key for key in audience.keys_of(type(user).objects.get(pk=user.pk)) if key.startswith(("course:", "tier:"))}


@pytest.fixture
def give(told):
    def given(giver, product, **wish):
        order, payment = operations.check_out(
            buyer=giver, product_ids=[product.pk], provider="till", gift=operations.GiftWish(**wish)
        )
        told(payment, Status.PAID)
        order.refresh_from_db()
        return Gift.objects.get(order=order)

    return given


class TestGifts:
    def test_it_opens_for_whoever_claims_it_and_not_for_the_giver(self, ben, cleo, sell, give):
        gift = give(ben, sell(), message="For the long evenings")
        assert (keys(ben), keys(cleo)) == (set(), set())
        operations.claim_gift(gift=gift, by=cleo)
        assert (keys(ben), keys(cleo)) == (set(), {"course:42"})
        entitlement = Entitlement.objects.get()
        assert (entitlement.cause, entitlement.by, entitlement.line.order) == ("gift", ben, gift.order)
        assert published(events.GiftClaimed) == [
            events.GiftClaimed(gift_id=gift.pk, order_id=gift.order_id, giver_id=ben.pk, user_id=cleo.pk)
        ]

    def test_claimed_once(self, ben, cleo, ada, sell, give):
        gift = give(ben, sell())
        for _ in range(2):
            operations.claim_gift(gift=gift, by=cleo)
        with pytest.raises(operations.GiftGone, match="claimed"):
            operations.claim_gift(gift=gift, by=ada)
        assert (Entitlement.objects.count(), keys(ada)) == (1, set())

    def test_an_unpaid_one_has_no_page_and_opens_nothing(self, ben, cleo, sell, client):
        operations.check_out(buyer=ben, product_ids=[sell().pk], provider="till", gift=operations.GiftWish())
        gift = Gift.objects.get()
        with pytest.raises(operations.GiftGone, match="unpaid"):
            operations.claim_gift(gift=gift, by=cleo)
        assert client.get(gift.get_absolute_url()).status_code == 404

    def test_who_has_it_leaves_the_link_open(self, ben, cleo, sell, give, bought):
        product = sell()
        bought(cleo, product)
        gift = give(ben, product)
        with pytest.raises(operations.AlreadyOwned):
            operations.claim_gift(gift=gift, by=cleo)
        assert Gift.objects.get().claimed_at is None

    def test_one_can_give_what_one_has(self, ben, sell, give, bought):
        product = sell()
        bought(ben, product)
        assert give(ben, product).expires_at is not None

    def test_until_somebody_claims_it_the_giver_may_have_the_money_back(self, ben, cleo, sell, give, clock):
        gift = give(ben, sell(refund_days=0))
        clock.shift(30 * 86400)
        operations.request_refund(order=gift.order, by=ben)
        with pytest.raises(operations.GiftGone, match="taken_back"):
            operations.claim_gift(gift=gift, by=cleo)

    def test_claimed_it_is_not_the_givers_any_more(self, ben, cleo, sell, give):
        gift = give(ben, sell())
        operations.claim_gift(gift=gift, by=cleo)
        with pytest.raises(operations.OutsideThePolicy, match="claimed"):
            operations.request_refund(order=gift.order, by=ben)

    def test_nobody_came_and_the_money_goes_back_by_itself(self, ben, cleo, sell, give, clock, worker, balance):
        gift = give(ben, sell())
        clock.move_to(gift.expires_at - timedelta(seconds=1))
        assert operations.return_gifts() == 0
        clock.move_to(gift.expires_at)
        with pytest.raises(operations.GiftGone, match="expired"):
            operations.claim_gift(gift=gift, by=cleo)
        assert (operations.return_gifts(), operations.return_gifts()) == (1, 0)
        gift.order.refresh_from_db()
        [refund] = gift.order.payments.get().refunds.all()
        assert (gift.order.state, refund.cause, refund.amount_minor) == ("refunded", "unclaimed", 19900)
        worker()
        assert balance("customers", "till") == 0

    def test_a_staff_refund_closes_what_was_claimed(self, ada, ben, cleo, sell, give):
        gift = give(ben, sell())
        operations.claim_gift(gift=gift, by=cleo)
        operations.refund_as_staff(order=gift.order, amount=19900, by=ada, reason="a mistake")
        assert keys(cleo) == set()

    def test_a_membership_begins_when_it_is_claimed(self, ada, ben, cleo, give, clock):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        gift = give(ben, operations.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada))
        clock.shift(20 * 86400)
        operations.claim_gift(gift=gift, by=cleo)
        now = datetime.now(UTC)
        assert Entitlement.objects.get().runs_until == rules.period_end(begins=now, period="month")
        assert keys(cleo) == {"tier:reader"}

    def test_a_link_whose_time_is_over_offers_nothing_to_take_and_says_what_to_do(
        self, ben, cleo, sell, give, enter, clock
    ):
        gift = give(ben, sell())
        clock.move_to(gift.expires_at)
        page = text(enter(cleo).get(gift.get_absolute_url()))
        assert "Take the gift" not in page
        assert "This gift is not there any more" in page
        assert "See the courses" in page

    def test_the_link_and_the_page(self, ben, cleo, enter, client, sell, give, fulfilled):
        gift = give(ben, sell(), recipient="Cleo", message="For the long evenings")
        assert gift.get_absolute_url() in text(enter(ben).get(gift.order.get_absolute_url()))
        answer = client.get(gift.get_absolute_url(), headers={"accept-language": "en"})
        page = text(answer)
        for words in (
            "A gift for Cleo",
            "From Ben",
            "For the long evenings",
            "Coffee from nothing",
            "Join and take the gift",
            "It can be taken once, until",
        ):
            assert words in page
        assert answer.headers["Referrer-Policy"] == "same-origin"
        her = enter(cleo)
        assert "Take the gift" in text(her.get(gift.get_absolute_url()))
        assert "It is yours" in text(her.post(f"{gift.get_absolute_url()}claim/", follow=True))
        assert "Your gift was taken" in text(enter(ben).get(gift.order.get_absolute_url()))

    def test_at_the_checkout_the_words_stay(self, ben, enter, sell):
        client, address = enter(ben), f"{sell().get_absolute_url()}?gift=1"
        client.post(address, {"way": "till", "act": "pay", "recipient": "Cleo", "message": "For the long evenings"})
        page = text(client.get(address))
        assert ('value="Cleo"' in page, "For the long evenings" in page) == (True, True)


class TestBundles:
    @pytest.fixture
    def bundle(self, ada, cleo, sell):
        parts = [sell("course:1", 10000, title="One"), sell("course:2", 20000, title="Two", creator=cleo)]
        return operations.set_bundle(slug="both", title="Both", products=parts, amount=24000, by=ada)

    def test_each_part_gets_its_share_and_its_creator_theirs(self, ada, ben, cleo, bundle, bought, balance):
        order, _ = bought(ben, bundle)
        lines = [(line.title, line.price_minor, line.amount_minor) for line in order.lines.order_by("pk")]
        assert lines == [("One", 10000, 8000), ("Two", 20000, 16000)]
        assert (balance("creator", f"user:{ada.pk}"), balance("creator", f"user:{cleo.pk}")) == (6400, 12800)
        assert keys(ben) == {"course:1", "course:2"}
        assert set(Entitlement.objects.values_list("cause", flat=True)) == {"bundle"}

    def test_what_one_has_is_taken_off(self, ben, bundle, bought, sell):
        bought(ben, sell("course:1", 10000, title="One"))
        order, _ = bought(ben, bundle)
        assert (order.total_minor, [line.title for line in order.lines.all()]) == (16000, ["Two"])
        with pytest.raises(operations.AlreadyOwned):
            operations.place_order(buyer=ben, product_ids=[bundle.pk])

    def test_parts_go_back_in_proportion(self, ada, ben, cleo, bundle, bought, fulfilled, balance):
        order, _ = bought(ben, bundle)
        fulfilled.far[ben.pk, "course:1"] = 90
        offer = queries.refund_offer(order=order, viewer=ben)
        assert (offer.amount, offer.is_open) == (16000, True)
        operations.request_refund(order=order, by=ben)
        order.refresh_from_db()
        assert (order.state, order.refunded_minor, keys(ben)) == ("paid", 16000, {"course:1"})
        assert (balance("creator", f"user:{ada.pk}"), balance("creator", f"user:{cleo.pk}")) == (6400, 0)
        with pytest.raises(operations.OutsideThePolicy, match="progress"):
            operations.request_refund(order=order, by=ben)

    def test_all_of_it_goes_back(self, ben, bundle, bought):
        order, _ = bought(ben, bundle)
        operations.request_refund(order=order, by=ben)
        order.refresh_from_db()
        assert (order.state, order.refunded_minor, keys(ben)) == ("refunded", 24000, set())

    def test_a_coupon_counts_on_it(self, ada, ben, bundle, sell):
        coupon = operations.make_coupon(by=ada, name="Ten", amount=1000)
        operations.share_code(coupon=coupon, code="TEN")
        order = operations.place_order(buyer=ben, product_ids=[bundle.pk], code="TEN")
        assert [line.amount_minor for line in order.lines.order_by("pk")] == [7667, 15333]

    def test_it_is_not_dearer_than_its_parts(self, ada, sell):
        with pytest.raises(operations.NoBundle):
            operations.set_bundle(slug="dear", title="Dear", products=[sell("course:1", 100)], amount=101, by=ada)

    def test_a_part_that_became_cheaper_is_no_dearer_in_it(self, ben, sell, bundle):
        sell("course:1", 3000, title="One"), sell("course:2", 6000, title="Two")
        order = operations.place_order(buyer=ben, product_ids=[bundle.pk])
        assert [(line.price_minor, line.amount_minor) for line in order.lines.order_by("pk")] == [
            (3000, 3000),
            (6000, 6000),
        ]

    def test_what_is_not_sold_any_more_is_not_sold_by_the_way(self, ada, ben, enter, client, sell, bundle):
        operations.withdraw(subject="course:1", by=ada)
        order = operations.place_order(buyer=ben, product_ids=[bundle.pk])
        assert [(line.title, line.amount_minor) for line in order.lines.all()] == [("Two", 16000)]
        page = text(client.get("/bundles/both/", headers={"accept-language": "en"}))
        assert ("¥160" in page, "One" in page) == (True, False)

    def test_of_one_whose_parts_are_gone_nobody_is_told_that_they_have_it(self, ada, ben, enter, client, bundle):
        for subject in ("course:1", "course:2"):
            operations.withdraw(subject=subject, by=ada)
        page = text(enter(ben).get("/bundles/both/", headers={"accept-language": "en"}))
        assert ("not sold any more" in page, "You have all of it" in page) == (True, False)

    def test_nor_is_what_is_sold_in_another_currency(self, ben, enter, sell, bundle):
        sell("course:2", 6000, title="Two", currency="USD")
        order = operations.place_order(buyer=ben, product_ids=[bundle.pk])
        assert (order.currency, [line.title for line in order.lines.all()], order.total_minor) == (
            "CNY",
            ["One"],
            10000,
        )

    def test_the_page_and_the_checkout(self, ben, enter, client, bundle):
        page = text(client.get("/bundles/both/", headers={"accept-language": "en"}))
        assert ("One" in page, "¥240" in page, "¥300" in page) == (True, True, True)
        checkout = text(enter(ben).get(bundle.get_absolute_url()))
        assert ("Bundle “Both”" in checkout, "−¥60" in checkout, "Pay ¥240" in checkout) == (True, True, True)

    def test_one_policy_of_all_parts_is_said_once(self, ben, enter, bundle, sell):
        checkout = text(enter(ben).get(bundle.get_absolute_url()))
        assert (checkout.count("within 14 days"), "Each part counts by itself." in checkout) == (1, True)
        sell("course:2", 20000, title="Two", refund_days=7)
        checkout = text(enter(ben).get(bundle.get_absolute_url()))
        assert ("One: You can have your money back within 14 days" in checkout) is True
        assert ("Two: You can have your money back within 7 days" in checkout) is True
        assert "Each part counts by itself." not in checkout
