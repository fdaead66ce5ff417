"""From the price to the open door."""

import pytest

from core import audience
from core.events.testing import published
from payments import events, operations, queries
from payments.models import Order, OrderHistory, Payment
from payments.providers import Status

pytestmark = pytest.mark.django_db


class TestPlacing:
    def test_an_order_freezes_what_was_true(self, ada, ben, sell):
        product = sell(refund_days=7)
        order = operations.place_order(buyer=ben, product_ids=[product.pk])
        sell(amount=29900, title="Coffee, dearer", refund_days=0)
        [line] = order.lines.all()
        assert (line.title, line.amount_minor, line.refund_days, order.total_minor) == (
            "Coffee from nothing",
            19900,
            7,
            19900,
        )
        assert published(events.OrderPlaced) == [events.OrderPlaced(order_id=order.pk, buyer_id=ben.pk)]

    def test_the_same_basket_finds_the_same_order(self, ben, sell):
        product = sell()
        first = operations.place_order(buyer=ben, product_ids=[product.pk])
        assert operations.place_order(buyer=ben, product_ids=[product.pk]) == first

    def test_a_new_price_makes_a_new_order_and_gives_the_old_one_up(self, ben, sell):
        old = operations.place_order(buyer=ben, product_ids=[sell().pk])
        new = operations.place_order(buyer=ben, product_ids=[sell(amount=9900).pk])
        old.refresh_from_db()
        assert (old.state, new.state, new.total_minor) == ("cancelled", "placed", 9900)

    def test_what_is_withdrawn_cannot_be_ordered(self, ada, ben, sell):
        product = sell()
        operations.withdraw(subject=product.subject, by=ada)
        with pytest.raises(operations.NotOnSale):
            operations.place_order(buyer=ben, product_ids=[product.pk])

    def test_two_currencies_are_two_orders(self, ben, sell):
        basket = [sell().pk, sell("course:43", currency="USD").pk]
        with pytest.raises(operations.DifferentCurrencies):
            operations.place_order(buyer=ben, product_ids=basket)

    def test_what_one_has_is_not_sold_twice(self, ben, sell, bought):
        product = sell()
        bought(ben, product)
        with pytest.raises(operations.AlreadyOwned):
            operations.place_order(buyer=ben, product_ids=[product.pk])

    def test_a_price_of_nothing_skips_the_provider(self, ben, sell, till, fulfilled):
        product = sell(amount=0)
        order, payment = operations.check_out(buyer=ben, product_ids=[product.pk], provider="")
        assert (order.state, payment, till.calls) == ("paid", None, [])
        assert fulfilled.told == [("granted", "course:42", ben.pk)]


class TestPaying:
    def test_paid_opens_the_door_once_and_the_books_balance(self, ada, ben, sell, bought, told, balance, fulfilled):
        order, payment = bought(ben, sell())
        told(payment, Status.PAID)
        assert (order.state, payment.state, order.receipt_number[4:]) == ("paid", "paid", "-000001")
        assert fulfilled.told == [("granted", "course:42", ben.pk)]
        assert audience.keys_of(ben) >= {"course:42"}
        assert published(events.OrderPaid) == [
            events.OrderPaid(order_id=order.pk, buyer_id=ben.pk, amount=19900, currency="CNY")
        ]
        assert {
            "customers": balance("customers", "till"),
            "provider_fees": balance("provider_fees", "till"),
            "creator": balance("creator", f"user:{ada.pk}"),
            "platform": balance("platform", "house"),
        } == {"customers": -19900, "provider_fees": 119, "creator": 15920, "platform": 3861}

    def test_every_move_is_written_down(self, ben, sell, bought):
        order, _ = bought(ben, sell())
        moves = (
            OrderHistory.objects.filter(order=order).order_by("pk").values_list("payment__provider", "before", "after")
        )
        assert list(moves) == [
            (None, "", "placed"),
            ("till", "started", "open"),
            ("till", "open", "paid"),
            (None, "placed", "paid"),
        ]

    def test_two_clicks_are_one_order_and_one_payment(self, ben, sell, begin, till):
        product = sell()
        assert begin(ben, product) == begin(ben, product)
        assert (Order.objects.count(), Payment.objects.count(), len(till.payments)) == (1, 1, 1)

    def test_a_declined_payment_keeps_the_order_and_can_still_be_paid(self, ben, sell, begin, told):
        order, payment = begin(ben, sell())
        told(payment, Status.DECLINED)
        order.refresh_from_db()
        assert order.state == "placed"
        assert published(events.PaymentDeclined) == [events.PaymentDeclined(order_id=order.pk, buyer_id=ben.pk)]
        told(payment, Status.PAID)
        order.refresh_from_db()
        assert order.state == "paid"

    def test_a_decline_that_comes_after_the_money_changes_nothing(self, ben, sell, bought, told):
        order, payment = bought(ben, sell())
        assert told(payment, Status.DECLINED) == "known"
        order.refresh_from_db()
        assert order.state == "paid"

    def test_money_for_a_cancelled_order_goes_back(self, ben, sell, begin, told, worker, balance, till):
        order, payment = begin(ben, sell())
        operations.cancel_order(order=order, by=ben)
        told(payment, Status.PAID)
        order.refresh_from_db()
        [refund] = payment.refunds.all()
        assert (order.state, refund.cause, refund.state, balance("refunds_due", "till")) == (
            "cancelled",
            "late",
            "due",
            19900,
        )
        worker()
        refund.refresh_from_db()
        assert (refund.state, balance("refunds_due", "till"), balance("customers", "till")) == ("done", 0, 0)
        assert till.payments[payment.provider_id].refunded == 19900
        assert queries.entitlements_of(ben) == []

    def test_money_that_comes_twice_goes_back_once(self, ben, sell, begin, told, till):
        class Purse(type(till)):
            name = "purse"

        from payments import providers

        purse = Purse()
        providers.register(purse)
        product = sell()
        order, first = begin(ben, product)
        _, second = operations.check_out(buyer=ben, product_ids=[product.pk], provider="purse")
        told(first, Status.PAID)
        seen = purse.happens(second.provider_id, Status.PAID)
        operations.take_in(payment=second, seen=seen, cause="payment", is_asked=False)
        first.refresh_from_db(), second.refresh_from_db(), order.refresh_from_db()
        assert (order.state, order.refunded_minor, first.state, second.state) == ("paid", 0, "paid", "refunded")
        assert [refund.cause for refund in second.refunds.all()] == ["double"]

    def test_another_amount_opens_nothing_and_goes_back(self, ben, sell, begin, till, balance):
        order, payment = begin(ben, sell())
        till.happens(payment.provider_id, Status.PAID, amount=19899)
        operations.ask(payment=payment)
        payment.refresh_from_db(), order.refresh_from_db()
        assert (order.state, payment.captured_minor, [refund.cause for refund in payment.refunds.all()]) == (
            "placed", 19899, ["mismatch"],
        )  # fmt: skip
        assert balance("refunds_due", "till") == 19899

    def test_a_bank_that_takes_another_amount_back_first_leaves_nothing_owed(
        self, ben, sell, begin, till, told, worker, balance
    ):
        order, payment = begin(ben, sell())
        till.happens(payment.provider_id, Status.PAID, amount=19899)
        operations.ask(payment=payment)
        told(payment, Status.DISPUTED)
        till.refuses_refunds = True
        worker()
        payment.refresh_from_db(), order.refresh_from_db()
        assert (order.state, payment.state, [refund.state for refund in payment.refunds.all()]) == (
            "placed", "disputed", ["done"],
        )  # fmt: skip
        assert (balance("refunds_due", "till"), balance("customers", "till")) == (0, 0)

    def test_what_was_ordered_is_no_longer_believed_of_money_that_came_in_another_amount(
        self, ben, sell, begin, till, told
    ):
        _, payment = begin(ben, sell())
        till.happens(payment.provider_id, Status.PAID, amount=19899)
        operations.ask(payment=payment)
        assert told(payment, Status.DISPUTED, amount=19900) == "amount"


class TestProvidersThatDoNotAnswer:
    def test_silence_is_not_a_no(self, ben, sell, begin, till):
        till.silent_after = True
        _, payment = begin(ben, sell())
        assert payment.state == "unknown"
        till.silent_after = False
        operations.ask(payment=payment)
        payment.refresh_from_db()
        assert (payment.state, list(till.payments)) == ("open", [payment.provider_id])

    def test_a_payment_nobody_told_us_of_is_found_by_asking(self, ben, sell, begin, till, clock):
        order, payment = begin(ben, sell())
        till.happens(payment.provider_id, Status.PAID)
        assert operations.ask_again() == 0
        clock.shift(16)
        assert operations.ask_again() == 1
        order.refresh_from_db()
        assert order.state == "paid"

    def test_who_does_not_answer_is_asked_less_and_less_and_then_no_more(self, ben, sell, begin, clock):
        begin(ben, sell())
        asked = []
        for hour in range(72):
            clock.shift(3600)
            asked += [hour] * operations.ask_again()
        assert asked == list(range(48))

    def test_a_refused_attempt_can_be_followed_by_another(self, ben, sell, begin, till):
        till.refuses = True
        order, refused = begin(ben, sell())
        till.refuses = False
        _, payment = operations.check_out(buyer=ben, product_ids=[1 * order.lines.get().product_id], provider="till")
        assert (refused.state, payment.state, payment == refused) == ("refused", "open", False)


class TestExpiring:
    def test_an_order_waits_a_day(self, ben, sell, begin, clock):
        order, payment = begin(ben, sell())
        clock.shift(24 * 3600 - 1)
        assert operations.expire_orders() == 0
        clock.shift(2)
        assert operations.expire_orders() == 1
        order.refresh_from_db(), payment.refresh_from_db()
        assert (order.state, payment.state) == ("expired", "abandoned")

    def test_the_provider_is_asked_first(self, ben, sell, begin, till, clock):
        order, payment = begin(ben, sell())
        till.happens(payment.provider_id, Status.PAID)
        clock.shift(24 * 3600 + 1)
        assert operations.expire_orders() == 0
        order.refresh_from_db()
        assert order.state == "paid"

    def test_an_expired_order_cannot_be_paid(self, ben, sell, begin, clock):
        order, _ = begin(ben, sell())
        clock.shift(24 * 3600 + 1)
        with pytest.raises(operations.NotPayable):
            operations.start_payment(order=order, provider="till")
