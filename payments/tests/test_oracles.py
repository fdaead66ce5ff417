"""
What leaves for the providers, field by field, and what is believed of them, held against code that the adapters do not run on.

At Stripe and WeChat the adapters sign and verify by the providers' packages, so here requests are read off the wire and compared
with what the documentation asks for, and messages are signed by ``schemes``, which follows the documentation alone. At Alipay the
adapter is ours, and python-alipay-sdk knows nothing of it.
"""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe
from alipay import AliPay
from alipay.utils import AliPayConfig
from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import PKCS1_v1_5
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.providers import Forged, Hint, NotUnderstood, Refused, Renewal, Status, Unreachable, Wanted, wire
from payments.providers import alipay as our_alipay
from payments.providers import stripe as our_stripe
from payments.providers import wechat as our_wechat
from payments.providers.numbers import reference_of, trade_number
from payments.tests.schemes import (
    KEYS,
    WECHAT_SHOP,
    headers_of_wechat,
    notice_of_alipay,
    notice_of_wechat,
    sealed_by_wechat,
    sign_of_stripe,
    transaction_of_wechat,
)

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


class Wire:
    """The wire without the sea: keeps what was sent, and answers what is laid out for a path."""

    def __init__(self):
        self.sent, self.answers = [], {}

    def exchange(self, method, url, *, headers, body=None):
        parts = urlsplit(url)
        fields = dict(parse_qsl(parts.query if body is None else body.decode(), keep_blank_values=True))
        self.sent.append((method, f"{parts.scheme}://{parts.netloc}{parts.path}", fields))
        self.headers, self.target, self.body = (
            dict(headers),
            url.removeprefix(f"{parts.scheme}://{parts.netloc}"),
            body or b"",
        )
        answer = self.answers.get(parts.path, b'{"id": "x_1", "object": "thing"}')
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, wire.Answer) else wire.Answer(200, {}, answer)


@pytest.fixture
def sea(monkeypatch):
    made = Wire()
    monkeypatch.setattr(wire, "exchange", made.exchange)
    return made


def listed(*rows, more=False, url="/v1/charges"):
    return json.dumps({"object": "list", "url": url, "has_more": more, "data": rows}).encode()


class TestStripe:
    """docs.stripe.com/api, version 2026-10-28.endive: objects and lists in a form, `a[b]` for b in a, `a[0]` for the first of a."""

    BODY = json.dumps({"id": "evt_1", "object": "event", "type": "x", "livemode": False}).encode()
    API = "https://api.stripe.com/v1"

    def is_believed(self, header, *, body=BODY, secret=KEYS["stripe"]["webhook_secret"], at=NOW):
        try:
            our_stripe.require_signature(header, body, secret=secret, at=at)
        except Forged:
            return False
        return True

    def test_what_is_signed_is_believed_and_also_while_a_secret_is_rolled(self):
        true = sign_of_stripe(self.BODY, at=NOW)
        old = sign_of_stripe(self.BODY, at=NOW, secret="whsec_old").partition(",")[2]
        assert [self.is_believed(header) for header in (true, f"{true},{old}", f"{true},{old},{old}")] == [True] * 3
        assert self.is_believed(f"{true},{old},{old},{old}") is False

    @pytest.mark.parametrize(
        "break_it",
        [
            lambda h: "", lambda h: h[:-1], lambda h: h.replace("v1", "v0"), lambda h: h.replace("t=1", "t=2"), lambda h: h.partition(",")[2],
            lambda h: f"{h},{h}", lambda h: f"{h},t=1", lambda h: h.replace(",", ", "), lambda h: h + ",v1=é", lambda h: h + "\ud800",
            lambda h: h.replace("t=", "t=0"), lambda h: h.replace("t=", "t=+"), lambda h: h.replace("t=", "t=١"),
            lambda h: re.sub("t=[0-9]+", "t=" + "9" * 64, h), lambda h: re.sub("t=[0-9]+", "t=" + "9" * 5000, h),
            lambda h: re.sub("t=[0-9]+", "t=1e9", h), lambda h: re.sub("t=[0-9]+", "t=", h), lambda h: re.sub("t=[0-9]+", "t=abc", h),
        ],
    )  # fmt: skip
    def test_a_broken_header_is_not(self, break_it):
        true = sign_of_stripe(self.BODY, at=NOW)
        assert (self.is_believed(true), self.is_believed(break_it(true))) == (True, False)

    def test_the_time_is_not_believed_without_its_signature(self):
        """A time that is written in another way, and signed as the package would read it."""
        moment = int(NOW.timestamp())
        signature = sign_of_stripe(self.BODY, at=NOW).partition(",")[2]
        header = f"t=0{moment},{signature}"
        assert stripe.WebhookSignature.verify_header(
            self.BODY, header, KEYS["stripe"]["webhook_secret"], tolerance=None
        )
        assert self.is_believed(header) is False

    @pytest.mark.parametrize(("seconds", "believed"), [(-301, False), (-300, True), (300, True), (301, False)])
    def test_a_message_is_of_now(self, seconds, believed):
        """Of the message's own time, where the package would let the future pass and ask the clock of this machine."""
        assert self.is_believed(sign_of_stripe(self.BODY, at=NOW + timedelta(seconds=seconds))) is believed

    @pytest.mark.parametrize("body", [b"\xff", b'{"id": "\xe9"}', "{}".encode("utf-16")])
    def test_a_body_that_is_no_text_is_forged_even_where_it_is_signed(self, body):
        assert self.is_believed(sign_of_stripe(body, at=NOW), body=body) is False

    def test_another_body_is_not_believed(self):
        header = sign_of_stripe(self.BODY, at=NOW)
        assert self.is_believed(header, body=self.BODY + b" ") is False
        assert self.is_believed(header, secret=KEYS["stripe"]["webhook_secret"] + "x") is False

    ASKED = {
        "client_reference_id": "K7Q2-M4XN-9PBD",
        "success_url": "https://school.example/orders/K7Q2-M4XN-9PBD/",
        "cancel_url": "https://school.example/orders/K7Q2-M4XN-9PBD/",
        "expires_at": "1795701600",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "cny",
        "line_items[0][price_data][product_data][name]": "咖啡 & more/less=1",
        "metadata[order]": "K7Q2-M4XN-9PBD",
        "metadata[payment]": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
    """What a session of a payment and of a subscription have in common."""

    def begin(self, sea, wanted):
        sea.answers["/v1/checkout/sessions"] = (
            b'{"id": "cs_1", "object": "checkout.session", "url": "https://checkout.stripe.com/c/1"}'
        )
        sea.answers["/v1/coupons"] = b'{"id": "off_1", "object": "coupon"}'
        checkout = our_stripe.Stripe().create_checkout(wanted)
        assert (checkout.provider_id, checkout.url) == ("cs_1", "https://checkout.stripe.com/c/1")

    def test_a_payment_is_asked_for_field_by_field(self, sea):
        self.begin(sea, WANTED)
        own = {
            "mode": "payment",
            "line_items[0][price_data][unit_amount]": "19900",
            "payment_intent_data[metadata][order]": "K7Q2-M4XN-9PBD",
            "payment_intent_data[metadata][payment]": "0f8fad5b-d9cb-469f-a165-70867728950e",
        }
        assert sea.sent == [("POST", f"{self.API}/checkout/sessions", self.ASKED | own)]

    def test_no_header_leaves_that_is_not_needed(self, sea):
        """The package would also say which machine this is and what runs on it."""
        self.begin(sea, WANTED)
        assert sea.headers == {
            "Authorization": "Bearer sk_live_0123456789abcdef",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": "0f8fad5b-d9cb-469f-a165-70867728950e",
            "Stripe-Version": "2026-10-28.endive",
            "User-Agent": "Lyceum",
        }

    def test_the_version_is_the_one_that_the_package_is_written_for(self):
        assert stripe.api_version == our_stripe.API_VERSION

    @pytest.mark.parametrize(
        ("period", "interval", "count"), [("month", "month", "1"), ("quarter", "month", "3"), ("year", "year", "1")]
    )
    def test_so_is_what_renews_itself_and_what_counts_once(self, sea, period, interval, count):
        self.begin(sea, replace(WANTED, renewal=Renewal(period=period, amount=29900)))
        coupon = {
            "amount_off": "10000",
            "currency": "cny",
            "duration": "once",
            "max_redemptions": "1",
            "name": "K7Q2-M4XN-9PBD",
        }
        own = {
            "mode": "subscription",
            "line_items[0][price_data][unit_amount]": "29900",
            "line_items[0][price_data][recurring][interval]": interval,
            "line_items[0][price_data][recurring][interval_count]": count,
            "subscription_data[metadata][order]": "K7Q2-M4XN-9PBD",
            "subscription_data[metadata][payment]": "0f8fad5b-d9cb-469f-a165-70867728950e",
            "discounts[0][coupon]": "off_1",
        }
        assert sea.sent == [
            ("POST", f"{self.API}/coupons", coupon), ("POST", f"{self.API}/checkout/sessions", self.ASKED | own),
        ]  # fmt: skip

    def test_a_refund_names_the_payment_intent_and_has_a_key_of_its_own(self, sea):
        sea.answers["/v1/checkout/sessions/cs_1"] = (
            b'{"id": "cs_1", "object": "checkout.session", "mode": "payment", "payment_intent": "pi_1"}'
        )
        sea.answers["/v1/refunds"] = b'{"id": "re_1", "object": "refund", "status": "succeeded"}'
        at = our_stripe.Stripe()
        returned = at.refund(provider_id="cs_1", amount=100, currency="CNY", key="k_1", reason="asked")
        assert (returned.provider_id, returned.is_settled, sea.headers["Idempotency-Key"]) == ("re_1", True, "k_1")
        assert sea.sent == [
            ("GET", f"{self.API}/checkout/sessions/cs_1", {}),
            ("POST", f"{self.API}/refunds", {"payment_intent": "pi_1", "amount": "100", "metadata[cause]": "asked"}),
        ]

    @pytest.mark.parametrize(
        ("act", "sent"),
        [
            (lambda at: at.set_renewal(provider_id="sub_1", goes_on=False), ("POST", f"{API}/subscriptions/sub_1", {"cancel_at_period_end": "true"})),
            (lambda at: at.set_renewal(provider_id="sub_1", goes_on=True), ("POST", f"{API}/subscriptions/sub_1", {"cancel_at_period_end": "false"})),
            (lambda at: at.end_subscription(provider_id="sub_1"), ("DELETE", f"{API}/subscriptions/sub_1", {})),
        ],
    )  # fmt: skip
    def test_so_are_stopping_going_on_and_ending(self, sea, act, sent):
        act(our_stripe.Stripe())
        assert sea.sent == [sent]

    def test_questions_are_asked_field_by_field(self, sea):
        for path in ("checkout/sessions", "invoice_payments", "invoices"):
            sea.answers[f"/v1/{path}"] = listed(url=f"/v1/{path}")
        sea.answers["/v1/invoice_payments"] = [
            listed(url="/v1/invoice_payments"),
            listed({"object": "invoice_payment", "payment": {"payment_intent": "pi_2"}}, url="/v1/invoice_payments"),
        ]
        at = our_stripe.Stripe()
        assert at.trace(Hint(number="pi_1")) is None
        assert at.money_of("in_1") == {}
        with pytest.raises(NotUnderstood):
            at.fetch(provider_id="cs_1")
        with pytest.raises(NotUnderstood):
            at.subscription(provider_id="sub_1")
        intent = "payment_intent.latest_charge.balance_transaction"
        assert sea.sent == [
            ("GET", f"{self.API}/checkout/sessions", {"payment_intent": "pi_1", "expand[0]": f"data.{intent}", "limit": "1"}),
            ("GET", f"{self.API}/invoice_payments", {
                "payment[type]": "payment_intent", "payment[payment_intent]": "pi_1", "expand[0]": "data.invoice", "limit": "1",
            }),
            ("GET", f"{self.API}/invoice_payments", {"invoice": "in_1", "status": "paid", "limit": "1"}),
            ("GET", f"{self.API}/payment_intents/pi_2", {"expand[0]": "latest_charge.balance_transaction"}),
            ("GET", f"{self.API}/checkout/sessions/cs_1", {"expand[0]": intent}),
            ("GET", f"{self.API}/subscriptions/sub_1", {}),
            ("GET", f"{self.API}/invoices", {"subscription": "sub_1", "limit": "100"}),
        ]  # fmt: skip

    def test_a_day_is_listed_page_by_page(self, sea):
        def charge(number):
            return {
                "id": f"ch_{number}", "object": "charge", "paid": True, "amount_captured": number, "currency": "cny",
                "balance_transaction": {"object": "balance_transaction", "fee": 3}, "metadata": OURS,
            }  # fmt: skip

        sea.answers["/v1/charges"] = [listed(charge(1), charge(2), more=True), listed(charge(3))]
        sea.answers["/v1/refunds"] = [listed(url="/v1/refunds")]
        found = our_stripe.Stripe().listed(date(2026, 11, 26))
        assert [(line.reference, line.key, line.captured, line.fee) for line in found] == [
            (WANTED.reference, WANTED.key, number, 3) for number in (1, 2, 3)
        ]
        day = {"created[gte]": "1795651200", "created[lt]": "1795737600", "limit": "100"}
        charges = {**day, "expand[0]": "data.balance_transaction"}
        assert sea.sent == [
            ("GET", f"{self.API}/charges", charges),
            ("GET", f"{self.API}/charges", {**charges, "starting_after": "ch_2"}),
            ("GET", f"{self.API}/refunds", {**day, "expand[0]": "data.charge"}),
        ]

    @pytest.mark.parametrize("raised", [Unreachable("late"), Refused("no")])
    def test_what_the_wire_says_reaches_whoever_asked(self, sea, raised):
        sea.answers["/v1/subscriptions/sub_1"] = raised
        with pytest.raises(type(raised), match=str(raised)):
            our_stripe.Stripe().end_subscription(provider_id="sub_1")
        assert len(sea.sent) == 1

    @pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"7", b'"x"', b"\xff", '{"id": "x"}'.encode("utf-16")])
    def test_an_answer_that_is_no_object_is_not_understood(self, sea, answer):
        sea.answers["/v1/subscriptions/sub_1"] = answer
        with pytest.raises(NotUnderstood):
            our_stripe.Stripe().end_subscription(provider_id="sub_1")

    def test_what_the_package_itself_refuses_is_not_understood(self, sea, monkeypatch):
        monkeypatch.setattr(stripe.StripeObject, "to_dict", lambda _: (_ for _ in ()).throw(stripe.APIError("odd")))
        with pytest.raises(NotUnderstood, match="APIError"):
            our_stripe.Stripe().end_subscription(provider_id="sub_1")

    def test_a_number_of_a_payment_stays_within_its_place(self, sea):
        sea.answers["/v1/checkout/sessions/..%2Fcharges%3Fx"] = b'{"object": "checkout.session"}'
        with pytest.raises(NotUnderstood):
            our_stripe.Stripe().fetch(provider_id="../charges?x")
        assert sea.sent[0][1] == f"{self.API}/checkout/sessions/..%2Fcharges%3Fx"


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
    """pay.weixin.qq.com, API v3: what is asked for, how it is signed, and what is signed for us."""

    def is_signed_by_us(self, sea, *, at):
        """Take what left apart as the documentation says and verify it by another library: five lines, each with its end."""
        scheme, _, said = sea.headers["Authorization"].partition(" ")
        parts = dict(re.findall(r'([a-z_]+)="([^"]*)"', said))
        assert (scheme, parts["mchid"], parts["serial_no"], parts["timestamp"]) == (
            "WECHATPAY2-SHA256-RSA2048", "1900000001", "5A00000000000000000000000000000000000001", str(int(at.timestamp())),
        )  # fmt: skip
        assert re.fullmatch("[0-9a-f]{32}", parts["nonce_str"])
        lines = [sea.sent[-1][0], sea.target, parts["timestamp"], parts["nonce_str"], sea.body.decode(), ""]
        return is_of_key("\n".join(lines), parts["signature"], WECHAT_SHOP[1])

    @pytest.fixture
    def answered(self, sea, time_machine):
        """WeChat answers ``body`` to ``path``, signed."""
        time_machine.move_to(NOW, tick=False)

        def answer(path, told, **forged):
            body = json.dumps(told).encode()
            headers = {name.lower(): value for name, value in headers_of_wechat(body, at=NOW, **forged).items()}
            sea.answers[path] = wire.Answer(200, headers, body)

        return answer

    TRADE = {
        "appid": "wx0000000000000001",
        "mchid": "1900000001",
        "description": "咖啡 & more/less=1",
        "out_trade_no": "K7Q2M4XN9PBD0f8fad5bd9cb469f",
        "time_expire": "2026-11-26T14:00:00+00:00",
        "notify_url": "https://school.example/pay/x/webhook/",
        "amount": {"total": 19900, "currency": "CNY"},
    }

    def test_a_code_is_asked_for_field_by_field(self, sea, answered):
        answered("/v3/pay/transactions/native", {"code_url": "weixin://wxpay/bizpayurl?pr=1"})
        checkout = our_wechat.WeChat().create_checkout(WANTED)
        assert (checkout.provider_id, checkout.qr) == (NUMBER, "weixin://wxpay/bizpayurl?pr=1")
        assert (sea.sent[0][0], sea.target) == ("POST", "/v3/pay/transactions/native")
        assert json.loads(sea.body) == self.TRADE
        assert self.is_signed_by_us(sea, at=NOW)
        assert sea.headers | {"Authorization": ""} == {
            "Accept": "application/json", "Authorization": "", "Content-Type": "application/json", "User-Agent": "Lyceum",
            "Wechatpay-Serial": KEYS["wechat"]["platform_key_id"],
        }  # fmt: skip

    def test_so_is_the_wallet_of_a_phone(self, sea, answered):
        answered("/v3/pay/transactions/h5", {"h5_url": "https://wx.tenpay.com/pay?prepay_id=1"})
        our_wechat.WeChat().create_checkout(replace(WANTED, is_phone=True, payer_address="203.0.113.7"))
        scene = {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}}
        assert json.loads(sea.body) == self.TRADE | {"scene_info": scene}
        assert self.is_signed_by_us(sea, at=NOW)

    def test_so_is_a_refund_after_the_trade_was_asked_for(self, sea, answered):
        answered(f"/v3/pay/transactions/out-trade-no/{NUMBER}", transaction_of_wechat(out_trade_no=NUMBER, total=19900))
        answered("/v3/refund/domestic/refunds", {"status": "PROCESSING", "refund_id": "50"})
        at = our_wechat.WeChat()
        assert at.fetch(provider_id=NUMBER).amount == 19900
        assert (sea.sent, sea.body) == (
            [("GET", f"https://api.mch.weixin.qq.com/v3/pay/transactions/out-trade-no/{NUMBER}", {"mchid": "1900000001"})], b"",
        )  # fmt: skip
        assert self.is_signed_by_us(sea, at=NOW)
        assert at.refund(provider_id=NUMBER, amount=100, currency="CNY", key="k1", reason="asked").is_settled is False
        assert json.loads(sea.body) == {
            "out_trade_no": NUMBER, "out_refund_no": "k1", "reason": "asked", "amount": {"refund": 100, "total": 19900, "currency": "CNY"},
        }  # fmt: skip
        assert self.is_signed_by_us(sea, at=NOW)

    def test_an_answer_that_wechat_did_not_sign_is_not_understood(self, answered):
        answered("/v3/pay/transactions/native", {"code_url": "weixin://x"}, private_key=WECHAT_SHOP[0])
        with pytest.raises(NotUnderstood):
            our_wechat.WeChat().create_checkout(WANTED)

    def test_a_notice_is_read(self):
        headers, body = notice_of_wechat(out_trade_no=NUMBER, total=19900, at=NOW)
        adapter = our_wechat.WeChat()
        event, seen = adapter.verify(headers=headers, body=body, at=NOW), adapter.read(body)
        assert (event.account, event.id, event.kind) == ("wx0000000000000001/1900000001", "true", "TRANSACTION.SUCCESS")
        assert (seen.provider_id, seen.reference, seen.amount, seen.status) == (
            NUMBER,
            WANTED.reference,
            19900,
            Status.PAID,
        )

    @pytest.mark.parametrize(
        ("seconds", "believed"), [(-86_400, False), (-301, False), (-300, True), (300, True), (301, False)]
    )
    def test_a_notice_is_of_now(self, seconds, believed):
        """The package would take the one of yesterday."""
        headers, body = notice_of_wechat(out_trade_no=NUMBER, total=19900, at=NOW + timedelta(seconds=seconds))
        assert self.is_believed(headers, body) is believed

    def is_believed(self, headers, body):
        try:
            our_wechat.WeChat().verify(headers=headers, body=body, at=NOW)
        except Forged:
            return False
        return True

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("Signature", lambda said: said[:4] + "\n" + said[4:]), ("Signature", lambda said: said + "!"), ("Signature", lambda said: " " + said),
            ("Signature", lambda said: said.replace("=", "")), ("Signature", lambda said: said[:-8]), ("Signature", lambda said: said + "é"),
            ("Signature", lambda said: ""), ("Signature", lambda said: f"{said},{said}"), ("Nonce", lambda said: ""), ("Nonce", lambda said: said + "b"),
            ("Timestamp", lambda said: "0" + said), ("Timestamp", lambda said: f"{said},{said}"), ("Timestamp", lambda said: "+" + said[1:]),
            ("Timestamp", lambda said: "9" * 5000), ("Timestamp", lambda said: "١" * 10), ("Serial", lambda said: said + "0"),
        ],
    )  # fmt: skip
    def test_a_header_that_is_changed_is_not_believed(self, name, change):
        headers, body = notice_of_wechat(out_trade_no=NUMBER, total=19900, at=NOW)
        changed = headers | {f"Wechatpay-{name}": change(headers[f"Wechatpay-{name}"])}
        assert (self.is_believed(headers, body), self.is_believed(changed, body)) == (True, False)

    @pytest.mark.parametrize(
        "change", [lambda b: b.replace(b"encrypt-resource", b"encrypt-resourcE"), lambda b: b + b"\xff", lambda b: b""]
    )
    def test_another_body_is_not_believed(self, change):
        headers, body = notice_of_wechat(out_trade_no=NUMBER, total=19900, at=NOW)
        assert (self.is_believed(headers, body), self.is_believed(headers, change(body))) == (True, False)

    @pytest.mark.parametrize(
        "resealed",
        [
            {"api_key": "fedcba9876543210fedcba9876543210"}, {"nonce": "1"}, {"nonce": ""}, {"nonce": "\ud800"}, {"nonce": None},
            {"associated_data": "x"}, {"associated_data": "\ud800"}, {"ciphertext": ""}, {"ciphertext": "AAAA"}, {"ciphertext": "é"},
            {"ciphertext": None}, {"ciphertext": lambda said: said[:4] + "\n" + said[4:]}, {"algorithm": "none"},
        ],
    )  # fmt: skip
    def test_what_is_not_sealed_as_agreed_is_not_understood(self, resealed):
        notice = json.loads(sealed_by_wechat(transaction_of_wechat(out_trade_no=NUMBER, total=19900)))
        if "api_key" in resealed:
            about = transaction_of_wechat(out_trade_no=NUMBER, total=19900)
            notice = json.loads(sealed_by_wechat(about, api_key=resealed["api_key"]))
        else:
            [(name, value)] = resealed.items()
            notice["resource"][name] = value(notice["resource"][name]) if callable(value) else value
        with pytest.raises(NotUnderstood):
            our_wechat.WeChat().read(json.dumps(notice).encode())

    def test_sealed_text_that_is_no_utf_8_is_not_understood(self):
        sealed = AESGCM(KEYS["wechat"]["api_key"].encode()).encrypt(b"0123456789ab", b"\xff\xfe", b"x")
        told = {"nonce": "0123456789ab", "associated_data": "x", "ciphertext": base64.b64encode(sealed).decode()}
        with pytest.raises(NotUnderstood):
            our_wechat.unsealed(told, api_key=KEYS["wechat"]["api_key"])


def is_of_key(text, signature, public_key):
    verifier = PKCS1_v1_5.new(RSA.import_key(base64.b64decode(public_key)))
    return verifier.verify(SHA256.new(text.encode()), base64.b64decode(signature))
