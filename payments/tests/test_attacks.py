"""What somebody might try, or stumble into: each time one door paid for once, the money right to the cent, and no page in pieces."""

import pytest

from core import audience
from core.privacy import operations as privacy
from payments import operations, queries, verification
from payments.models import Entitlement, Gift, Refund, Tier
from payments.providers import Status

pytestmark = pytest.mark.django_db


def keys(user):
    return {key for key in audience.keys_of(type(user).objects.get(pk=user.pk)) if key.startswith(("course:", "tier:"))}


def check_out(buyer, product, **how):
    return operations.check_out(buyer=buyer, product_ids=[product.pk], provider="till", **how)


def given_back():
    return list(Refund.objects.order_by("pk").values_list("cause", "amount_minor"))


@pytest.fixture
def books_are_right():
    """Nothing that the nightly job looks for."""
    yield
    wrong = [line for check in (
        verification.entitlements_have_causes, verification.sums_equal_entries, verification.paid_lines_granted,
        verification.paid_orders_have_money, verification.refunds_add_up, verification.refunds_are_sums,
        verification.shares_equal_entries,
    ) for line in check().violations]  # fmt: skip
    assert wrong == []


@pytest.mark.usefixtures("books_are_right")
class TestTheSameThingByTwoDoors:
    """Both pages were open before either was paid."""

    @pytest.fixture
    def parts(self, sell):
        return [sell("course:1", 9900), sell("course:2", 9900, title="Tea")]

    @pytest.fixture
    def bundle(self, parts, ada):
        return operations.set_bundle(slug="both", title="Both", products=parts, amount=15000, by=ada)

    def test_a_course_and_the_bundle_with_it(self, ben, parts, bundle, told, balance):
        (_, alone), (_, both) = check_out(ben, parts[0]), check_out(ben, bundle)
        told(alone, Status.PAID)
        told(both, Status.PAID)
        assert keys(ben) == {"course:1", "course:2"}
        assert given_back() == [("held", 7500)]
        assert (balance("customers", "till"), balance("refunds_due", "till")) == (-24900, 7500)
        assert Entitlement.objects.live().filter(key="course:1").count() == 1

    def test_the_bundle_first(self, ben, parts, bundle, told):
        (order, alone), (_, both) = check_out(ben, parts[0]), check_out(ben, bundle)
        told(both, Status.PAID)
        told(alone, Status.PAID)
        order.refresh_from_db()
        assert (order.state, keys(ben), given_back()) == ("refunded", {"course:1", "course:2"}, [("held", 9900)])

    def test_told_again_nothing_more_goes_back(self, ben, parts, bundle, told):
        (_, alone), (_, both) = check_out(ben, parts[0]), check_out(ben, bundle)
        for payment in (both, alone, both, alone):
            told(payment, Status.PAID)
        assert given_back() == [("held", 9900)]

    def test_a_gift_taken_while_the_own_order_waited(self, ben, cleo, parts, told):
        _, own = check_out(ben, parts[0])
        gift_order, payment = check_out(cleo, parts[0], gift=operations.GiftWish())
        told(payment, Status.PAID)
        operations.claim_gift(gift=Gift.objects.get(order=gift_order), by=ben)
        told(own, Status.PAID)
        assert (keys(ben), given_back()) == ({"course:1"}, [("held", 9900)])

    def test_a_gift_for_others_of_what_one_has_is_a_gift(self, ben, parts, told):
        (_, own), (_, gift) = check_out(ben, parts[0]), check_out(ben, parts[0], gift=operations.GiftWish())
        told(own, Status.PAID)
        told(gift, Status.PAID)
        assert given_back() == []

    def test_a_month_for_whoever_has_it_for_life(self, ada, ben, told):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        month, life = (
            operations.set_plan(tier=tier, period=period, amount=amount, currency="CNY", by=ada)
            for period, amount in (("month", 3900), ("lifetime", 99900))
        )
        (_, first), (_, second) = check_out(ben, month), check_out(ben, life)
        told(second, Status.PAID)
        told(first, Status.PAID)
        assert (keys(ben), given_back()) == ({"tier:reader"}, [("held", 3900)])
        assert queries.memberships(user=ben)["tier:reader"].runs_until is None

    def test_the_page_of_that_order_says_so(self, ben, parts, bundle, told, enter):
        (order, alone), (wide, both) = check_out(ben, parts[0]), check_out(ben, bundle)
        told(both, Status.PAID)
        told(alone, Status.PAID)
        page = enter(ben).get(order.get_absolute_url()).content.decode()
        assert "You had this already" in page
        assert "closed again" not in page
        assert "You had this already" not in enter(ben).get(wide.get_absolute_url()).content.decode()


@pytest.mark.usefixtures("books_are_right")
class TestAGiftOfWhichSomethingWentBack:
    def test_what_went_back_whole_is_not_given_any_more(self, ada, ben, cleo, eli, sell, told):
        parts = [sell("course:1", 100), sell("course:2", 9900, title="Tea")]
        bundle = operations.set_bundle(slug="both", title="Both", products=parts, amount=10000, by=ada)
        order, payment = check_out(ben, bundle, gift=operations.GiftWish())
        told(payment, Status.PAID)
        operations.refund_as_staff(order=order, amount=9999, by=eli, reason="kindness")
        assert [line.kept_minor for line in order.lines.order_by("pk")] == [0, 1]
        gift = Gift.objects.get(order=order)
        assert [line.product for line in queries.gift_page(token=gift.token, viewer=cleo).lines] == parts[1:]
        operations.claim_gift(gift=gift, by=cleo)
        assert keys(cleo) == {"course:2"}


class TestNonsenseInAForm:
    @pytest.mark.parametrize(
        "fields",
        [
            {"code": "SPR\x00ING"}, {"seen": "9" * 5000}, {"seen": "٣"}, {"seen": "-1"}, {"way": "till\x00"}, {"way": "sandbox"},
            {"act": "\x00"}, {"code": "x" * 4000},
        ],
    )  # fmt: skip
    def test_it_is_answered_and_never_breaks_the_page(self, ben, enter, sell, fields):
        answer = enter(ben).post(sell().get_absolute_url(), {"way": "till"} | fields)
        assert answer.status_code in {200, 303}

    @pytest.mark.parametrize("address", ["/gifts/%00/", "/orders/%00/", "/reductions/?code=%00"])
    def test_an_address_that_no_database_could_look_up(self, ben, enter, address):
        assert enter(ben).get(address).status_code == 400

    def test_a_number_that_no_product_has(self, ben, enter):
        assert enter(ben).get("/checkout/99999999999999999999/").status_code == 404


class TestAfterTheEnd:
    def test_neither_desk_nor_buyer_gives_back_what_a_bank_took(self, ben, eli, sell, bought, told):
        order, payment = bought(ben, sell())
        told(payment, Status.DISPUTED)
        with pytest.raises(operations.NothingLeft):
            operations.refund_as_staff(order=order, amount=100, by=eli, reason="kindness")
        with pytest.raises(operations.OutsideThePolicy, match="state"):
            operations.request_refund(order=order, by=ben)
        assert given_back() == []

    def test_the_desk_and_the_provider_give_back_the_same_hundred(
        self, ben, eli, sell, bought, told, till, worker, balance
    ):
        order, payment = bought(ben, sell())
        operations.refund_as_staff(order=order, amount=10000, by=eli, reason="kindness")
        told(payment, Status.PAID, refunded=15000)
        worker()
        assert sum(amount for _, amount in given_back()) <= 19900
        assert balance("customers", "till") + balance("refunds_due", "till") >= -19900

    def test_a_chargeback_after_a_whole_refund_takes_nothing_more(self, ben, sell, bought, told, worker, balance):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        worker()
        told(payment, Status.DISPUTED, refunded=19900)
        order.refresh_from_db()
        assert (order.state, balance("customers", "till"), balance("refunds_due", "till")) == ("disputed", 0, 0)
        assert keys(ben) == set()

    def test_a_code_that_ends_while_somebody_pays_keeps_its_word(self, ada, ben, sell, told, begin):
        coupon = operations.make_coupon(by=ada, name="Spring", percent=20)
        operations.share_code(coupon=coupon, code="SPRING")
        order, payment = check_out(ben, sell(), code="SPRING")
        operations.end_coupon(coupon=coupon, by=ada)
        told(payment, Status.PAID)
        order.refresh_from_db()
        assert (order.state, order.total_minor, given_back()) == ("paid", 15920, [])


class TestMoneyForWhoIsGone:
    def test_it_goes_back(self, ben, sell, begin, told, balance):
        order, payment = begin(ben, sell())
        privacy.erase(user_id=ben.pk)
        told(payment, Status.PAID)
        order.refresh_from_db()
        assert order.state == "cancelled"
        assert balance("refunds_due", "till") == 19900
