"""Chinese words that stand for one thing in English and for several in Chinese: what a buyer reads is the one that is meant."""

import pytest

from payments import operations
from payments.models import Order

pytestmark = pytest.mark.django_db


def text(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def page(ben, enter):
    return lambda path: text(enter(ben).get(f"{path}{'&' if '?' in path else '?'}lang=zh-hans"))


def test_what_was_paid_is_an_amount_and_when_is_a_time(ben, sell, bought, page):
    order, _ = bought(ben, sell())
    shown = page(order.get_absolute_url())
    assert ('<dt class="order-total">已付</dt>' in shown, "<dt>支付时间</dt>" in shown) == (True, True)
    receipt = page(f"{order.get_absolute_url()}receipt/")
    assert ("<b>已付</b>" in receipt, "<b>支付时间</b>" in receipt) == (True, False)


def test_of_an_order_that_was_given_up_nothing_is_to_be_paid(ben, sell, begin, page):
    order, _ = begin(ben, sell())
    assert '<dt class="order-total">应付</dt>' in page(order.get_absolute_url())
    operations.cancel_order(order=Order.objects.get(pk=order.pk), by=ben)
    assert '<dt class="order-total">合计</dt>' in page(order.get_absolute_url())


def test_a_gift_is_for_somebody_and_an_invoice_in_a_name(ben, sell, bought, page):
    product = sell()
    order, _ = bought(ben, product)
    assert "送给谁" in page(f"{product.get_absolute_url()}?gift=1")
    asked = page(f"{order.get_absolute_url()}invoice/")
    assert ("申请发票" in asked, "适合谁" in asked, "去提一提" in asked) == (True, False, False)
