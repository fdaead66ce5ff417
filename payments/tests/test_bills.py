"""What stands in a provider's list of a day, line by line."""

import pytest

from payments.providers import NotUnderstood, wechat_bill

NAMES = "交易时间,商户订单号,交易状态,货币种类,申请退款金额,退款状态,手续费,订单金额"
NUMBER = "K7Q2M4XN9PBD0f8fad5bd9cb469f"
SUMS = "总交易单数,应结订单总金额\n`2,`199.00\n"


def bill(*rows):
    lines = ["`" + ",`".join(row) for row in rows]
    return "\n".join([NAMES, *lines, SUMS]).encode()


def row(state="SUCCESS", back="0.00", how="", fee="1.19", total="199.00", number=NUMBER):
    return ("2026-11-26 10:00:00", number, state, "CNY", back, how, fee, total)


def told(*rows):
    return [(line.captured, line.returned, line.fee) for line in wechat_bill.read(bill(*rows))]


def test_what_was_taken_and_what_went_back():
    assert told(row(), row("REFUND", "50.00", "SUCCESS", "-0.30")) == [(19900, 0, 119), (0, 5000, -30)]


@pytest.mark.parametrize("how", ["PROCESSING", "FAIL", "CHANGE", ""])
def test_a_refund_that_has_not_arrived_went_nowhere(how):
    assert told(row("REFUND", "50.00", how, "0.00")) == []


def test_what_was_sold_elsewhere_is_not_ours():
    assert told(row(number="shop-17")) == []


def test_another_file_is_not_understood():
    with pytest.raises(NotUnderstood):
        wechat_bill.read(b"<html>")
