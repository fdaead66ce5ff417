"""
What we sign and what we verify, held against code that is not ours and against the providers' own descriptions.

Stripe's package, wechatpayv3 and python-alipay-sdk know nothing of our adapters: where they agree about valid messages and
about broken ones, both are right or all are wrong in the same way.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe
from alipay import AliPay
from alipay.utils import AliPayConfig
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3 import utils as wechat_utils

from payments.providers import Forged, NotUnderstood, Renewal, Status, Wanted, rsa, wire
from payments.providers import alipay as our_alipay
from payments.providers import stripe as our_stripe
from payments.providers import wechat as our_wechat
from payments.providers.numbers import reference_of, trade_number
from payments.tests.schemes import KEYS, WECHAT_SHOP, notice_of_alipay, notice_of_wechat, sign_of_stripe

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
WANTED = Wanted(
    key="0f8fad5b-d9cb-469f-a165-70867728950e", reference="K7Q2-M4XN-9PBD", amount=19900, currency="CNY",
    description="咖啡 & more/less=1", return_url="https://school.example/orders/K7Q2-M4XN-9PBD/",
    webhook_url="https://school.example/pay/x/webhook/", expires_at=datetime(2026, 11, 26, 14, 0, tzinfo=UTC),
)  # fmt: skip
OURS = {"order": WANTED.reference, "payment": WANTED.key}
NUMBER = "K7Q2M4XN9PBD0f8fad5bd9cb469f"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.PAYMENT_KEYS = KEYS


def pem(key, label):
    lines = "\n".join(key[start : start + 64] for start in range(0, len(key), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"


def test_the_number_of_a_trade_names_its_order():
    assert trade_number(reference=WANTED.reference, key=WANTED.key) == NUMBER
    assert reference_of(NUMBER) == WANTED.reference
    for strange in ("", NUMBER + "0", NUMBER[:-1], NUMBER[:-1] + "é", NUMBER[:-1] + "-"):
        with pytest.raises(NotUnderstood):
            reference_of(strange)


class TestStripe:
    BODY = json.dumps({"id": "evt_1", "object": "event", "type": "x", "livemode": False}).encode()

    def both(self, header, *, secret=KEYS["stripe"]["webhook_secret"], at=NOW):
        """What Stripe's verifier and ours say; time is checked apart, since theirs asks the clock of this machine."""
        try:
            stripe.WebhookSignature.verify_header(self.BODY.decode(), header, secret, tolerance=None)
            theirs = True
        except stripe.SignatureVerificationError:
            theirs = False
        try:
            our_stripe.require_signature(header, self.BODY, secret=secret, at=at)
            ours = True
        except Forged:
            ours = False
        return theirs, ours

    def test_both_accept_what_is_signed(self):
        assert self.both(sign_of_stripe(self.BODY, at=NOW)) == (True, True)

    def test_both_accept_while_a_secret_is_rolled(self):
        old = sign_of_stripe(self.BODY, at=NOW, secret="whsec_old").partition(",")[2]
        assert self.both(f"{sign_of_stripe(self.BODY, at=NOW)},{old}") == (True, True)

    @pytest.mark.parametrize(
        "break_it",
        [lambda h: "", lambda h: h[:-1], lambda h: h.replace("v1", "v0"), lambda h: h.replace("t=1", "t=2"), lambda h: h.partition(",")[2]],
    )  # fmt: skip
    def test_both_refuse_what_is_broken(self, break_it):
        assert self.both(break_it(sign_of_stripe(self.BODY, at=NOW))) == (False, False)

    def test_the_manner_is_that_of_the_documentation(self):
        """HMAC with SHA-256 over the timestamp, the character ".", and the request's body; the secret is the key."""
        stamp = str(int(NOW.timestamp()))
        signature = hmac.new(b"whsec_test", f"{stamp}.{{}}".encode(), hashlib.sha256).hexdigest()
        our_stripe.require_signature(f"t={stamp},v1={signature}", b"{}", secret="whsec_test", at=NOW)

    def sent_by_theirs(self, create):
        """What Stripe's package sends when ``create`` asks it to."""
        sent = {}

        class Recorded(stripe.HTTPClient):
            name = "recorded"

            def request(self, method, url, headers, post_data=None, *, _usage=None, **_):
                sent.update(
                    method=method, path=urlsplit(url).path, headers=headers, body=dict(parse_qsl(post_data or ""))
                )
                return json.dumps({"id": "x_1", "object": "checkout.session"}), 200, {}

            def close(self):
                pass

        create(stripe.StripeClient("sk_test_x", http_client=Recorded()).v1)
        return sent

    def params(self, price, **more):
        item = {"currency": "cny", "product_data": {"name": WANTED.description}, **price}
        return {
            "client_reference_id": WANTED.reference, "success_url": WANTED.return_url, "cancel_url": WANTED.return_url,
            "expires_at": int(WANTED.expires_at.timestamp()), "line_items": [{"quantity": 1, "price_data": item}],
            "metadata": OURS, **more,
        }  # fmt: skip

    def test_the_request_is_what_stripes_package_would_send(self):
        params = self.params({"unit_amount": 19900}, mode="payment", payment_intent_data={"metadata": OURS})
        sent = self.sent_by_theirs(lambda v1: v1.checkout.sessions.create(params=params))
        assert sent["body"] == our_stripe.session_fields(WANTED)
        assert sent["headers"]["Stripe-Version"] == our_stripe.API_VERSION
        assert sent["path"] == "/v1/checkout/sessions"

    @pytest.mark.parametrize(
        ("period", "interval", "count"), [("month", "month", 1), ("quarter", "month", 3), ("year", "year", 1)]
    )
    def test_so_is_that_of_what_renews_itself(self, period, interval, count):
        price = {"unit_amount": 29900, "recurring": {"interval": interval, "interval_count": count}}
        params = self.params(price, mode="subscription", subscription_data={"metadata": OURS})
        sent = self.sent_by_theirs(lambda v1: v1.checkout.sessions.create(params=params))
        assert sent["body"] == our_stripe.session_fields(replace(WANTED, renewal=Renewal(period=period, amount=29900)))

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            (lambda v1: v1.subscriptions.update("sub_1", params={"cancel_at_period_end": True}), lambda at: at.set_renewal(provider_id="sub_1", goes_on=False)),
            (lambda v1: v1.subscriptions.update("sub_1", params={"cancel_at_period_end": False}), lambda at: at.set_renewal(provider_id="sub_1", goes_on=True)),
            (lambda v1: v1.subscriptions.cancel("sub_1"), lambda at: at.end_subscription(provider_id="sub_1")),
            (
                lambda v1: v1.coupons.create(params={"amount_off": 10000, "currency": "cny", "duration": "once", "max_redemptions": 1, "name": WANTED.reference}),
                lambda at: at.discount(WANTED, Renewal(period="month", amount=29900)),
            ),
        ],
    )  # fmt: skip
    def test_so_are_stopping_going_on_ending_and_what_counts_once(self, monkeypatch, theirs, ours):
        sent = self.sent_by_theirs(theirs)
        asked = []

        def exchange(method, url, *, headers, body=None):
            asked.append((method.lower(), urlsplit(url).path, dict(parse_qsl((body or b"").decode()))))
            return wire.Answer(200, {}, b'{"id": "x_1"}')

        monkeypatch.setattr(wire, "exchange", exchange)
        ours(our_stripe.Stripe())
        assert asked == [(sent["method"].lower(), sent["path"], sent["body"])]


class TestAlipay:
    def theirs(self):
        return AliPay(
            appid=KEYS["alipay"]["app_id"], app_notify_url=None, sign_type="RSA2", config=AliPayConfig(timeout=3),
            app_private_key_string=pem(KEYS["alipay"]["private_key"], "PRIVATE KEY"),
            alipay_public_key_string=pem(KEYS["alipay"]["public_key"], "PUBLIC KEY"),
        )  # fmt: skip

    def test_their_verifier_accepts_the_sandboxs_notice_as_ours_does(self):
        body = notice_of_alipay(trade_status="TRADE_SUCCESS", out_trade_no=NUMBER, total_amount="199.00")
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        event = our_alipay.Alipay().verify(headers={}, body=body, at=NOW)
        assert (event.account, event.kind) == ("9021000000000001/2088000000000000", "trade_status_sync.TRADE_SUCCESS")
        signature = fields.pop("sign")
        assert self.theirs().verify(dict(fields), signature) is True
        assert self.theirs().verify(fields | {"total_amount": "199.01"}, signature) is False

    def test_both_sign_the_same_request_alike(self):
        """RSA with PKCS#1 v1.5 has no chance in it: the same key and words give the same signature, letter by letter."""
        address = our_alipay.Alipay().create_checkout(WANTED).url
        ours = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        signature = ours.pop("sign")
        assert dict(parse_qsl(self.theirs().sign_data(dict(ours)))) == ours | {"sign": signature}

    def test_a_page_is_asked_for_field_by_field(self):
        fields = dict(parse_qsl(urlsplit(our_alipay.Alipay().create_checkout(WANTED).url).query))
        del fields["sign"], fields["timestamp"]
        content = json.loads(fields.pop("biz_content"))
        assert content == {
            "out_trade_no": NUMBER,
            "total_amount": "199.00",
            "subject": "咖啡   more less 1",
            "product_code": "FAST_INSTANT_TRADE_PAY",
            "time_expire": "2026-11-26 22:00:00",
        }
        assert fields == {
            "app_id": "9021000000000001",
            "method": "alipay.trade.page.pay",
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "version": "1.0",
            "return_url": WANTED.return_url,
            "notify_url": WANTED.webhook_url,
        }

    def test_what_is_signed_is_what_the_documentation_says(self):
        """Fields without sign, none that is empty, by name in the order of letters, joined by "&", values as they are."""
        fields = {"method": "a.b", "app_id": "2014", "empty": "", "sign": "x", "biz_content": '{"k":"v=1&2"}'}
        assert our_alipay.to_be_signed(fields) == b'app_id=2014&biz_content={"k":"v=1&2"}&method=a.b'

    @pytest.mark.parametrize(
        "node", ['{"code":"10000","msg":"Success"}', '{"total_amount":"1.00" , "x":[1,{"y":2}]}', '{"a":{"b":{}}}']
    )
    def test_both_verify_an_answer_as_it_stands(self, node):
        body = f'{{"alipay_trade_query_response":{node},"sign":"abc"}}'
        assert our_alipay.signed_part(body, node="alipay_trade_query_response") == node
        assert self.theirs()._get_string_to_be_signed(body, "alipay_trade_query_response") == node

    def test_a_brace_in_a_text_ends_nothing(self):
        """Their package counts braces and stops at this one; Alipay's words are not braces, a buyer's may be."""
        node = '{"a":{"b":"}"},"c":"\\"}"}'
        body = f'{{"alipay_trade_query_response":{node},"sign":"abc"}}'
        assert our_alipay.signed_part(body, node="alipay_trade_query_response") == node


class TestWeChat:
    def theirs(self):
        keys = KEYS["wechat"]
        return WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE, mchid=keys["mch_id"], private_key=pem(keys["private_key"], "PRIVATE KEY"),
            cert_serial_no=keys["serial"], appid=keys["app_id"], apiv3_key=keys["api_key"], notify_url="https://x.example/",
            public_key=pem(keys["platform_public_key"], "PUBLIC KEY"), public_key_id=keys["platform_key_id"],
        )  # fmt: skip

    def test_their_package_reads_the_sandboxs_notice_as_ours_does(self):
        headers, body = notice_of_wechat(out_trade_no=NUMBER, total=19900, at=NOW)
        theirs = self.theirs().callback(headers, body)
        adapter = our_wechat.WeChat()
        event = adapter.verify(headers=headers, body=body, at=NOW)
        seen = adapter.read(body)
        assert (event.id, event.kind) == (theirs["id"], theirs["event_type"])
        assert (seen.provider_id, seen.amount, seen.status) == (
            theirs["resource"]["out_trade_no"], theirs["resource"]["amount"]["total"], Status.PAID,
        )  # fmt: skip

    def test_their_package_accepts_yesterdays_notice_and_ours_does_not(self):
        headers, body = notice_of_wechat(out_trade_no=NUMBER, total=19900, at=datetime(2026, 11, 25, 12, tzinfo=UTC))
        assert self.theirs().callback(headers, body) is not None
        with pytest.raises(Forged):
            our_wechat.WeChat().verify(headers=headers, body=body, at=NOW)

    def test_both_refuse_another_body(self):
        headers, body = notice_of_wechat(out_trade_no=NUMBER, total=19900, at=NOW)
        changed = body.replace(b"encrypt-resource", b"encrypt-resourcE")
        assert self.theirs().callback(headers, changed) is None
        with pytest.raises(Forged):
            our_wechat.WeChat().verify(headers=headers, body=changed, at=NOW)

    def test_both_authorize_the_same_request_alike(self, monkeypatch, time_machine):
        time_machine.move_to(NOW, tick=False)
        monkeypatch.setattr(our_wechat.secrets, "token_hex", lambda _: "593BEC0C930BF1AFEB40B4A08C8FB242")
        body = '{"appid":"wx","amount":{"total":1}}'
        ours = our_wechat.WeChat()._authorization("POST", "/v3/pay/transactions/native", body.encode())
        theirs = wechat_utils.build_authorization(
            "/v3/pay/transactions/native", "POST", KEYS["wechat"]["mch_id"], KEYS["wechat"]["serial"],
            wechat_utils.load_private_key(KEYS["wechat"]["private_key"]), data=body,
            nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242",
        )  # fmt: skip
        assert ours == theirs

    def test_a_trade_is_asked_for_field_by_field(self):
        assert our_wechat.trade_fields(WANTED) == {
            "description": WANTED.description,
            "out_trade_no": NUMBER,
            "time_expire": "2026-11-26T14:00:00+00:00",
            "notify_url": WANTED.webhook_url,
            "amount": {"total": 19900, "currency": "CNY"},
        }

    def test_the_message_is_that_of_the_documentation(self):
        """Five lines, each with its end: method, address, time, chance, body. A notice has three: time, chance, body."""
        private, public = WECHAT_SHOP
        signature = rsa.sign(
            b"GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n", private_key=private
        )
        key = wechat_utils.load_public_key(public)
        assert base64.b64decode(signature)
        assert wechat_utils.rsa_verify(
            "GET\n/v3/certificates\n1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", "", signature, key
        )
