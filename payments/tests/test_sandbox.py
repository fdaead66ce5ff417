"""The whole way at the real sandbox: its process, its pages, its messages over real HTTP."""

import pytest

from core import audience
from payments import operations
from payments.models import Entitlement, Order, Payment, WebhookEvent
from payments.tests.parties import eventually


@pytest.fixture
def checkout(sandbox, enter, sell, ben):
    """Ben stands at the sandbox's page, brought there by our form."""
    product = sell()
    client = enter(ben)
    page = client.get(f"/checkout/{product.pk}/")
    assert page.status_code == 200, page.content.decode()
    assert f"form-action 'self' http://127.0.0.1:{sandbox};" in page.headers["Content-Security-Policy"]
    answer = client.post(f"/checkout/{product.pk}/", {"way": "sandbox"})
    payment = Payment.objects.select_related("order").get()
    assert (answer.status_code, answer.url) == (303, payment.checkout_url)
    return client, payment


def state_of(payment):
    return Order.objects.get(pk=payment.order_id).state


def test_from_the_click_to_the_receipt(checkout, play, ben, fulfilled):
    client, payment = checkout
    play(payment, "approve", until=lambda: state_of(payment) == "paid")
    assert audience.keys_of(ben) >= {"course:42"}
    assert fulfilled.told == [("granted", "course:42", ben.pk)]
    page = client.get(payment.order.get_absolute_url())
    assert "You are in" in page.content.decode()
    assert 'href="/courses/coffee/"' in page.content.decode()
    receipt = client.get(f"{payment.order.get_absolute_url()}receipt/").content.decode()
    assert ("Coffee from nothing" in receipt, "¥199" in receipt, "-000001" in receipt) == (True, True, True)


def test_declined_and_then_paid(checkout, play):
    client, payment = checkout
    play(payment, "decline", until=lambda: Payment.objects.get().state == "declined")
    page = client.get(payment.order.get_absolute_url()).content.decode()
    assert ("The payment was declined" in page, payment.checkout_url in page) == (True, True)
    play(payment, "approve", until=lambda: state_of(payment) == "paid")


def test_who_goes_back_to_the_provider_after_a_decline_is_not_told_of_it_again(checkout, play, all_hands_busy):
    """Nobody works here but the pages: no message is worked off, as where a worker is slow."""
    client, payment = checkout
    play(payment, "decline", until=lambda: True)
    assert "The payment was declined" in client.get(payment.order.get_absolute_url()).content.decode()
    answer = client.post(f"/checkout/{payment.order.lines.get().product_id}/", {"way": "sandbox"})
    assert (answer.status_code, answer.url) == (303, payment.checkout_url)
    play(payment, "approve", until=lambda: True)
    # The provider was asked a moment ago, and is not asked again within two seconds.
    eventually(lambda: "You are in" in client.get(payment.order.get_absolute_url()).content.decode(), lambda: None)
    assert state_of(payment) == "paid"


@pytest.mark.parametrize("choice", ["duplicate", "out_of_order", "slow"])
def test_however_the_provider_tells_it(checkout, play, choice):
    _, payment = checkout
    expected = {"duplicate": 1, "out_of_order": 2, "slow": 1}[choice]
    play(payment, choice, until=lambda: WebhookEvent.objects.filter(worked_at__isnull=False).count() == expected)
    assert (state_of(payment), Entitlement.objects.count()) == ("paid", 1)


def test_a_payment_that_nobody_told_is_found_by_the_page_that_one_returns_to(checkout, play):
    client, payment = checkout
    play(payment, "lost", until=lambda: True)
    assert state_of(payment) == "placed"
    page = client.get(payment.order.get_absolute_url()).content.decode()
    assert ("You are in" in page, state_of(payment)) == (True, "paid")


def test_another_amount_is_not_believed_and_goes_back(checkout, play, worker):
    client, payment = checkout

    def refunded():
        operations.ask_again()
        return payment.refunds.filter(state="done").exists()

    play(payment, "wrong_amount", until=refunded)
    assert (state_of(payment), Entitlement.objects.count()) == ("placed", 0)
    assert "Another amount arrived" in client.get(payment.order.get_absolute_url()).content.decode()


def test_a_chargeback_closes_the_door(checkout, play, ben, balance, ada):
    _, payment = checkout
    play(payment, "chargeback", until=lambda: state_of(payment) == "disputed")
    assert "course:42" not in audience.keys_of(type(ben).objects.get(pk=ben.pk))
    assert (balance("customers", "sandbox"), balance("creator", f"user:{ada.pk}")) == (0, 0)


def test_money_back_by_one_button(checkout, play, ben, balance, worker):
    client, payment = checkout
    play(payment, "approve", until=lambda: state_of(payment) == "paid")
    address = f"{payment.order.get_absolute_url()}refund/"
    assert "Give me back ¥199" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 302
    assert (state_of(payment), Entitlement.objects.live().count()) == ("refunded", 0)
    eventually(lambda: payment.refunds.get().state == "done", worker)
    assert (balance("customers", "sandbox"), balance("refunds_due", "sandbox")) == (0, 0)
