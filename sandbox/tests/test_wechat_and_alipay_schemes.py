"""What the sandbox signs in the manners of WeChat and Alipay, verified by code that is not ours."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from alipay import AliPay
from alipay.utils import AliPayConfig
from wechatpayv3 import WeChatPay, WeChatPayType

from sandbox.signing import ciphers
from sandbox.signing.alipay import AlipayScheme
from sandbox.signing.wechat import WeChatScheme

AT = 1_795_694_400
PAID = {
    "id": "evt_1",
    "type": "payment.paid",
    "created": AT,
    "payment": {
        "id": "pay_0123456789ab", "order_reference": "L7", "amount": 19900, "currency": "CNY", "status": "paid",
        "amount_refunded": 0, "fee": 0, "created": AT, "paid_at": AT,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def pair():
    return ciphers.new_pair()


def pem(key, label):
    lines = "\n".join(key[start : start + 64] for start in range(0, len(key), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"


def test_wechatpayv3_reads_what_is_told_as_wechat_would(pair):
    private, public = pair
    key_id, api_key = "PUB_KEY_ID_0119000000012026", "0123456789abcdef0123456789abcdef"
    scheme = WeChatScheme("wx1", "1900000001", key_id, private, public, api_key)
    message = scheme.dress(PAID, at=AT)
    theirs = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE, mchid="1900000001", private_key=pem(private, "PRIVATE KEY"), cert_serial_no="5A",
        appid="wx1", apiv3_key=api_key, notify_url="https://x.example/", public_key=pem(public, "PUBLIC KEY"), public_key_id=key_id,
    )  # fmt: skip
    told = theirs.callback(message.headers, message.body)
    assert (told["id"], told["event_type"]) == ("1", "TRANSACTION.SUCCESS")
    assert (told["resource"]["out_trade_no"], told["resource"]["amount"]["total"]) == ("L7", 19900)
    assert theirs.callback(message.headers, message.body.replace(b"SUCCESS", b"CLOSED", 1)) is None
    other = replace(scheme, private_key=ciphers.new_pair()[0]).dress(PAID, at=AT)
    assert theirs.callback(other.headers, other.body) is None


def test_python_alipay_sdk_verifies_what_is_told_as_alipay_would(pair):
    private, public = pair
    fields = dict(parse_qsl(AlipayScheme("9021", "2088", private, public).dress(PAID, at=AT).body.decode()))
    theirs = AliPay(
        appid="9021", app_notify_url=None, sign_type="RSA2", config=AliPayConfig(timeout=3),
        app_private_key_string=pem(private, "PRIVATE KEY"), alipay_public_key_string=pem(public, "PUBLIC KEY"),
    )  # fmt: skip
    signature = fields.pop("sign")
    assert (fields["out_trade_no"], fields["total_amount"], fields["trade_status"]) == ("L7", "199.00", "TRADE_SUCCESS")
    assert theirs.verify(dict(fields), signature) is True
    assert theirs.verify(fields | {"total_amount": "199.01"}, signature) is False
