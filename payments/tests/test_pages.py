"""The pages: what they say, who sees them, what they cost."""

import re

import pytest
from django.urls import reverse

from payments import fulfilment, operations, queries
from payments.models import Order, Payment
from payments.providers import Status

pytestmark = pytest.mark.django_db


def text(answer):
    return " ".join(answer.content.decode().split())


class TestCheckout:
    def test_a_guest_logs_in_first_and_comes_back(self, client, sell):
        product = sell()
        answer = client.get(f"/checkout/{product.pk}/")
        assert (answer.status_code, answer.url) == (302, f"/account/login/?next=/checkout/{product.pk}/")

    def test_it_says_what_and_how_much_and_how_it_can_be_given_back(self, ben, enter, sell):
        page = text(enter(ben).get(f"/checkout/{sell(refund_days=7, refund_max_progress=20).pk}/"))
        assert "Coffee from nothing" in page
        assert "Pay ¥199" in page
        assert "within 7 days, as long as no more than 20% is studied: a paid lesson counts once it is opened." in page

    def test_its_form_may_lead_to_the_provider_and_no_other_page_may(self, ben, enter, sell):
        client, product = enter(ben), sell()
        shown = client.get(f"/checkout/{product.pk}/").headers["Content-Security-Policy"]
        other = client.get("/orders/").headers["Content-Security-Policy"]
        assert ("form-action 'self' https://till.example;" in shown, "form-action 'self';" in other) == (True, True)

    def test_paying_leads_to_the_provider(self, ben, enter, sell):
        answer = enter(ben).post(f"/checkout/{sell().pk}/", {"way": "till"})
        assert (answer.status_code, answer.url) == (303, Payment.objects.get().checkout_url)

    def test_a_double_click_leads_to_the_same_place(self, ben, enter, sell):
        client, product = enter(ben), sell()
        places = {client.post(f"/checkout/{product.pk}/", {"way": "till"}).url for _ in range(2)}
        assert (len(places), Order.objects.count()) == (1, 1)

    def test_a_price_from_the_browser_is_not_listened_to(self, ben, enter, sell):
        enter(ben).post(f"/checkout/{sell().pk}/", {"way": "till", "price_minor": 1, "amount": 1, "total_minor": 1})
        assert Payment.objects.get().amount_minor == 19900

    def test_a_provider_that_is_not_there_is_refused_and_nothing_is_ordered(self, ben, enter, sell):
        answer = enter(ben).post(f"/checkout/{sell().pk}/", {"way": "nobody"})
        assert (answer.status_code, Order.objects.count()) == (200, 0)
        assert "Select a valid choice" in text(answer)

    def test_what_is_owned_is_opened_and_not_sold(self, ben, enter, sell, bought, fulfilled):
        product = sell()
        bought(ben, product)
        page = text(enter(ben).get(f"/checkout/{product.pk}/"))
        assert ("This is yours already" in page, "Pay ¥199" in page, 'href="/courses/coffee/"' in page) == (
            True,
            False,
            True,
        )

    @pytest.mark.parametrize(
        ("percent", "amounts"), [(50, ["¥199.00", "−¥99.50", "¥99.50"]), (100, ["¥199", "−¥199", "Free"])]
    )
    def test_amounts_under_each_other_are_written_alike(self, ada, ben, enter, sell, percent, amounts):
        operations.share_code(coupon=operations.make_coupon(by=ada, name="Friends", percent=percent), code="FRIENDS")
        page = text(enter(ben).post(f"/checkout/{sell().pk}/", {"code": "friends", "act": "apply"}))
        summary = page.partition('<div class="order">')[2].partition("</dl>")[0]
        assert re.findall(r'class="(?:price|num)">([^<]+)<', summary) == amounts

    def test_what_is_withdrawn_is_not_there(self, ada, ben, enter, sell):
        product = sell()
        operations.withdraw(subject=product.subject, by=ada)
        assert enter(ben).get(f"/checkout/{product.pk}/").status_code == 404

    def test_without_a_provider_it_says_so(self, ben, enter, sell, till):
        till.is_configured = False
        page = text(enter(ben).get(f"/checkout/{sell().pk}/"))
        assert ("cannot take payments at the moment" in page, "Pay ¥199" in page) == (True, False)

    def test_in_chinese(self, ben, enter, sell):
        page = text(enter(ben).get(f"/checkout/{sell().pk}/?lang=zh-hans"))
        assert ("支付 ¥199" in page, "Check and pay" in page) == (True, False)

    def test_what_is_free_is_taken_with_one_click(self, ben, enter, sell, fulfilled):
        client, product = enter(ben), sell(amount=0)
        answer = client.post(f"/checkout/{product.pk}/", follow=True)
        assert "You are in" in text(answer)


class TestOrderPage:
    def test_it_waits_by_itself(self, ben, enter, sell, begin):
        order, _ = begin(ben, sell())
        page = text(enter(ben).get(order.get_absolute_url()))
        assert (
            "Waiting for your payment" in page,
            'hx-trigger="every 3s"' in page,
            'http-equiv="refresh"' in page,
        ) == (True,) * 3

    def test_looking_again_only_looks(self, ben, enter, sell, begin, till):
        order, payment = begin(ben, sell())
        till.happens(payment.provider_id, Status.PAID)
        part = text(enter(ben).get(order.get_absolute_url(), headers={"HX-Request": "true"}))
        assert ("Waiting for your payment" in part, "<html" in part, Order.objects.get().state) == (
            True,
            False,
            "placed",
        )

    def test_as_long_as_nothing_happens_nobody_is_disturbed(self, ben, enter, sell, begin, told):
        """What is swapped takes the keyboard's place in the page along."""
        client = enter(ben)
        order, payment = begin(ben, sell())
        again = re.search(r'hx-get="([^"]+)"', text(client.get(order.get_absolute_url())))[1]
        for _ in range(2):
            answer = client.get(again, headers={"HX-Request": "true"})
            assert (answer.status_code, answer.content) == (204, b"")
        told(payment, Status.DECLINED)
        answer = client.get(again, headers={"HX-Request": "true"})
        assert (answer.status_code, "The payment was declined" in text(answer)) == (200, True)
        assert re.search(r'hx-get="([^"]+)"', text(answer))[1] != again

    def test_once_paid_all_of_it_changes_and_nobody_is_asked_for_money(self, ben, enter, sell, begin, till, fulfilled):
        client = enter(ben)
        order, payment = begin(ben, sell())
        assert "Cancel the order" in text(client.get(order.get_absolute_url()))
        till.happens(payment.provider_id, Status.PAID)
        operations.ask(payment=payment)
        answer = client.get(order.get_absolute_url(), headers={"HX-Request": "true"})
        part = text(answer)
        assert (answer["HX-Retarget"], 'id="order"' in part, "<html" in part) == ("#order", True, False)
        assert ("You are in" in part, "Receipt" in part, "Cancel the order" in part) == (True, True, False)

    def test_who_was_declined_where_nobody_tells_us_reads_what_to_do(self, ben, enter, sell, begin):
        """Stripe tells nobody of a decline before a membership that renews, Alipay and WeChat of none: the buyer saw it there."""
        order, payment = begin(ben, sell())
        page = text(enter(ben).get(order.get_absolute_url()))
        assert "Was it declined there? Then nothing was taken" in page
        ways = [payment.checkout_url, order.lines.get().product.get_absolute_url()]
        assert [f'href="{way}"' in page for way in ways] == [True, True]

    def test_coming_back_asks_the_provider_and_is_let_in(self, ben, enter, sell, begin, till, fulfilled):
        order, payment = begin(ben, sell())
        till.happens(payment.provider_id, Status.PAID)
        page = text(enter(ben).get(order.get_absolute_url()))
        assert ("You are in" in page, "Read the first lesson" in page, "hx-trigger" in page) == (True, True, False)

    def test_coming_back_too_early_changes_nothing(self, ben, enter, sell, begin):
        order, _ = begin(ben, sell())
        enter(ben).get(f"{order.get_absolute_url()}?status=paid&paid=1")
        assert (Order.objects.get().state, queries.entitlements_of(ben)) == ("placed", [])

    def test_reloading_does_not_ask_each_time(self, ben, enter, sell, begin, till, clock):
        order, _ = begin(ben, sell())
        client = enter(ben)
        for _ in range(5):
            client.get(order.get_absolute_url())
        assert [call for call, _ in till.calls].count("fetch") == 1

    def test_without_the_provider_it_still_stands(self, ben, enter, sell, begin, till):
        order, _ = begin(ben, sell())
        till.silent_before = True
        assert "Waiting for your payment" in text(enter(ben).get(order.get_absolute_url()))

    @pytest.mark.parametrize(
        ("trouble", "words"),
        [("silent_before", "No answer from the payment provider yet"), ("refuses", "The payment was declined")],
    )
    def test_trouble_has_words(self, ben, enter, sell, begin, till, trouble, words):
        setattr(till, trouble, True)
        order, _ = begin(ben, sell())
        assert words in text(enter(ben).get(order.get_absolute_url()))

    def test_it_can_be_cancelled_and_ordered_again(self, ben, enter, sell, begin):
        order, _ = begin(ben, sell())
        page = text(enter(ben).post(f"{order.get_absolute_url()}cancel/", follow=True))
        assert ("Cancelled" in page, order.lines.get().product.get_absolute_url() in page) == (True, True)


def test_money_that_arrives_while_an_order_s_page_is_written_is_no_step_back(
    ben, enter, sell, begin, told, monkeypatch
):
    order, payment = begin(ben, sell())
    describe, due = fulfilment.describe, [payment]

    def and_then_it_is_paid(product):
        if due:
            told(due.pop(), Status.PAID)
        return describe(product)

    monkeypatch.setattr(fulfilment, "describe", and_then_it_is_paid)
    page = text(enter(ben).get(order.get_absolute_url()))
    assert ("Not paid yet" in page, "You are in" in page) == (False, True)


class TestRefundPage:
    def test_one_page_one_button(self, ben, enter, sell, bought):
        order, _ = bought(ben, sell())
        client = enter(ben)
        page = text(client.get(f"{order.get_absolute_url()}refund/"))
        assert ("Give me back ¥199" in page, "What you bought closes at once" in page) == (True, True)
        after = text(client.post(f"{order.get_absolute_url()}refund/", {"reason": "too bitter"}, follow=True))
        assert ("Given back" in after, "On its way back" in after, "Ask for the money back" in after) == (
            True,
            True,
            False,
        )

    def test_what_is_to_be_said_of_a_kind_is_said_once(self, ada, ben, enter, sell, bought, fulfilled):
        fulfilment.register("book", parting="What you wrote in the margin stays.")
        parts = [sell("course:1", 10000), sell("course:2", 20000)]
        order, _ = bought(ben, operations.set_bundle(slug="both", title="Both", products=parts, amount=24000, by=ada))
        page = text(enter(ben).get(f"{order.get_absolute_url()}refund/"))
        assert page.count("What you wrote in the margin stays.") == 1

    def test_outside_the_policy_it_says_why(self, ben, enter, sell, bought, fulfilled):
        order, _ = bought(ben, sell())
        fulfilled.far[ben.pk, "course:42"] = 80
        client = enter(ben)
        answer = client.post(f"{order.get_absolute_url()}refund/", {})
        assert (answer.status_code, Order.objects.get().state) == (409, "paid")
        assert "More of it is studied than the policy allows." in text(answer)


@pytest.mark.leak
class TestCleo:
    """Ben has bought; Cleo has not, and learns nothing."""

    PARTS = ["", "receipt/", "refund/"]

    def test_she_sees_nothing_of_his_order_and_he_does(self, ben, cleo, enter, sell, bought):
        order, _ = bought(ben, sell(title="The canary course"))
        for part in self.PARTS:
            his, hers = (enter(who).get(order.get_absolute_url() + part) for who in (ben, cleo))
            assert (his.status_code, hers.status_code) == (200, 404)
            assert ("The canary course" in text(his), "The canary course" in text(hers)) == (True, False)

    def test_a_guest_is_asked_to_log_in(self, ben, client, sell, bought):
        order, _ = bought(ben, sell())
        assert {client.get(order.get_absolute_url() + part).status_code for part in self.PARTS} == {302}

    def test_her_list_is_hers(self, ben, cleo, enter, sell, bought):
        bought(ben, sell(title="The canary course"))
        assert (
            "The canary course" in text(enter(ben).get("/orders/")),
            "The canary course" in text(enter(cleo).get("/orders/")),
        ) == (True, False)

    @pytest.mark.parametrize("part", ["cancel/", "refund/"])
    def test_she_changes_nothing_of_it(self, ben, cleo, enter, sell, begin, bought, part):
        order, _ = begin(ben, sell()) if part == "cancel/" else bought(ben, sell())
        before = Order.objects.get().state
        assert enter(cleo).post(order.get_absolute_url() + part).status_code == 404
        assert Order.objects.get().state == before

    def test_a_teacher_and_a_moderator_are_strangers_too(self, ada, ben, member, enter, sell, bought):
        order, _ = bought(ben, sell())
        dora = member("Dora", is_staff=True)
        assert [enter(who).get(order.get_absolute_url()).status_code for who in (ada, dora)] == [404, 404]


LIST, ORDER, CHECKOUT = 8, 13, 10


class TestCost:
    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_however_long(self, ben, enter, sell, bought, count, django_assert_num_queries):
        for number in range(count):
            bought(ben, sell(f"course:{number}"))
        client = enter(ben)
        client.get("/orders/")
        with django_assert_num_queries(LIST):
            client.get("/orders/")

    def test_an_order(self, ben, enter, sell, bought, django_assert_num_queries):
        order, _ = bought(ben, sell())
        client = enter(ben)
        client.get(order.get_absolute_url())
        with django_assert_num_queries(ORDER):
            client.get(order.get_absolute_url())

    def test_a_checkout(self, ben, enter, sell, django_assert_num_queries):
        client, product = enter(ben), sell()
        client.get(product.get_absolute_url())
        with django_assert_num_queries(CHECKOUT):
            client.get(product.get_absolute_url())


def test_the_addresses_are_those_that_others_link_to(sell):
    product = sell()
    assert [reverse("payments:checkout", args=[product.pk]), reverse("payments:orders"), reverse("payments:webhook", args=["till"])] == [
        f"/checkout/{product.pk}/", "/orders/", "/pay/till/webhook/",
    ]  # fmt: skip
