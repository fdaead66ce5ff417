"""
The real providers' messages, made and signed by other code than the adapters run on: what a provider would send, and a forger would begin with.

``Message`` keeps what is told apart from how it is signed, so that a test changes exactly one thing.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlencode

from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import PKCS1_v1_5
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

EAST = timezone(timedelta(hours=8))
WECHAT_HEADERS = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial")


def pair():
    key = RSA.generate(2048)
    private = key.export_key("DER", pkcs=8)
    return base64.b64encode(private).decode(), base64.b64encode(key.public_key().export_key("DER")).decode()


ALIPAY, ALIPAY_SHOP, WECHAT, WECHAT_SHOP, STRANGER = (pair() for _ in range(5))
KEYS = {
    "stripe": {
        "url": "https://api.stripe.com",
        "account": "acct_school",
        "secret_key": "sk_live_0123456789abcdef",
        "webhook_secret": "whsec_0123456789abcdef",
    },
    "alipay": {
        "url": "https://openapi.alipay.com/gateway.do",
        "app_id": "9021000000000001",
        "seller_id": "2088000000000000",
        "private_key": ALIPAY_SHOP[0],
        "public_key": ALIPAY[1],
    },
    "wechat": {
        "url": "https://api.mch.weixin.qq.com",
        "app_id": "wx0000000000000001",
        "mch_id": "1900000001",
        "serial": "5A00000000000000000000000000000000000001",
        "private_key": WECHAT_SHOP[0],
        "platform_key_id": "PUB_KEY_ID_0119000000012026",
        "platform_public_key": WECHAT[1],
        "api_key": "0123456789abcdef0123456789abcdef",
    },
}


def rsa_sign(text, private_key):
    key = RSA.import_key(base64.b64decode(private_key))
    return base64.b64encode(PKCS1_v1_5.new(key).sign(SHA256.new(text.encode()))).decode()


# Stripe


def session_of_stripe(*, id, reference, amount, event_id="evt_true", kind="checkout.session.completed", **changes):
    about = {
        "id": id,
        "object": "checkout.session",
        "amount_total": amount,
        "client_reference_id": reference,
        "currency": "cny",
        "livemode": True,
        "mode": "payment",
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "status": "complete",
        **changes,
    }
    return {"id": event_id, "object": "event", "type": kind, "created": 1, "livemode": True, "data": {"object": about}}


def sign_of_stripe(body, *, at, secret=KEYS["stripe"]["webhook_secret"]):
    """HMAC with SHA-256 over the timestamp, the character ".", and the request's body, as the documentation says; the secret is the key."""
    moment = int(at.timestamp())
    signature = hmac.new(secret.encode(), b"%d.%s" % (moment, body), hashlib.sha256).hexdigest()
    return f"t={moment},v1={signature}"


# Alipay


def fields_of_alipay(*, out_trade_no, total_amount, trade_status="TRADE_SUCCESS", notify_id="true", at=None, **changes):
    moment = at or datetime.now(UTC)
    fields = {
        "notify_time": f"{moment.astimezone(EAST):%Y-%m-%d %H:%M:%S}",
        "notify_type": "trade_status_sync",
        "notify_id": notify_id,
        "charset": "utf-8",
        "version": "1.0",
        "app_id": KEYS["alipay"]["app_id"],
        "auth_app_id": KEYS["alipay"]["app_id"],
        "seller_id": KEYS["alipay"]["seller_id"],
        "trade_no": "2026112622001400000000000001",
        "out_trade_no": out_trade_no,
        "trade_status": trade_status,
        "total_amount": total_amount,
        "gmt_payment": f"{moment.astimezone(EAST):%Y-%m-%d %H:%M:%S}",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def sign_of_alipay(fields, *, private_key=ALIPAY[0]):
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
    return rsa_sign(text, private_key)


def notice_of_alipay(**told):
    fields = fields_of_alipay(**told)
    return urlencode({**fields, "sign": sign_of_alipay(fields), "sign_type": "RSA2"}).encode()


# WeChat


def transaction_of_wechat(*, out_trade_no, total, trade_state="SUCCESS", **changes):
    return {
        "appid": KEYS["wechat"]["app_id"],
        "mchid": KEYS["wechat"]["mch_id"],
        "out_trade_no": out_trade_no,
        "transaction_id": "4200000000000000000000000001",
        "trade_state": trade_state,
        "amount": {"total": total, "payer_total": total, "currency": "CNY", "payer_currency": "CNY"},
        **changes,
    }


def sealed_by_wechat(
    about, *, id="true", kind="TRANSACTION.SUCCESS", api_key=KEYS["wechat"]["api_key"], nonce="0123456789ab"
):
    sealed = AESGCM(api_key.encode()).encrypt(nonce.encode(), json.dumps(about).encode(), b"transaction")
    notice = {
        "id": id,
        "create_time": "2026-11-26T20:00:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": kind,
        "summary": "支付成功",
        "resource": {
            "original_type": "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": "transaction",
            "nonce": nonce,
        },
    }
    return json.dumps(notice, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of_wechat(body, *, at, private_key=WECHAT[0], serial=KEYS["wechat"]["platform_key_id"], nonce="a" * 32):
    moment = str(int(at.timestamp()))
    return {
        "Wechatpay-Timestamp": moment,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": rsa_sign(f"{moment}\n{nonce}\n{body.decode()}\n", private_key),
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def notice_of_wechat(*, at, **told):
    body = sealed_by_wechat(transaction_of_wechat(**told))
    return headers_of_wechat(body, at=at), body
