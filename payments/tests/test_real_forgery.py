"""
Forgeries in the manners of Stripe, Alipay and WeChat: each is a valid, signed message with exactly one thing changed.

Messages are signed by other code than the adapters run on. The unchanged one is believed in the same test. What Alipay is asked about to
confirm a notice is answered as a forger would like it best: that the payment is paid.
"""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from core import audience
from payments import operations, providers
from payments.models import Order, Payment, WebhookEvent
from payments.providers import Seen, Status, registry
from payments.providers.alipay import Alipay
from payments.providers.numbers import trade_number
from payments.providers.stripe import Stripe
from payments.providers.wechat import WeChat
from payments.tests import schemes
from payments.tests.playing import signature as sandbox_signature

pytestmark = [pytest.mark.django_db, pytest.mark.forgery]

PER_FAMILY = 14
ACKNOWLEDGED = {"stripe": "", "alipay": "success", "wechat": ""}
"""What each of them wants to read; Alipay takes any other word for a failure and tells again for a day."""
CODES = ["usd", "eur", "jpy", "hkd", "gbp", "twd", "sgd", "CNY", "cn", "cnyy", "rmb", "xxx", "usdt", "Cny"]


class AlipayAtHand(Alipay):
    """Alipay with its answers at hand instead of across the sea."""

    def __init__(self):
        self.truth = {}

    def fetch(self, *, provider_id):
        return self.truth.get(provider_id)


class AtStripe:
    """What Stripe tells of a payment, and how it may be forged; ``n`` counts the forgeries of a family."""

    name, make = "stripe", Stripe

    def number(self, order, payment):
        return f"cs_live_{payment.idempotency_key.hex}"

    def tell(self, payment, **changes):
        event = {
            "id": payment.provider_id,
            "reference": payment.order.reference,
            "amount": payment.amount_minor,
        } | changes
        return schemes.session_of_stripe(**event)

    def send(self, client, event, *, body=None, headers=None, at=None, secret=None):
        body = self.body(event) if body is None else body
        signed = {"Stripe-Signature": schemes.sign_of_stripe(
            self.body(event), at=at or now(), **({"secret": secret} if secret else {})
        )}  # fmt: skip
        headers = signed if headers is None else headers
        return client.post("/pay/stripe/webhook/", body, content_type="application/json", headers=headers)

    def body(self, event):
        return json.dumps(event, separators=(",", ":")).encode()

    def true_headers(self, event):
        return {"Stripe-Signature": schemes.sign_of_stripe(self.body(event), at=now())}

    content = {
        "amount": lambda self, p, o, n: self.tell(p, amount=off(p, n)),
        "amount is no number": lambda self, p, o, n: self.tell(p, amount=NO_NUMBERS[n]),
        "currency": lambda self, p, o, n: self.tell(p, currency=CODES[n]),
        "another order": lambda self, p, o, n: self.tell(p, reference=strange(o.order.reference, n)),
        "another order's payment": lambda self, p, o, n: self.tell(p, id=strange(o.provider_id, n)),
        "another account": lambda self, p, o, n: self.tell(p) | {"account": f"acct_{n}"},
        "test mode": lambda self, p, o, n: self.tell(p, kind=["checkout.session.completed", "checkout.session.async_payment_succeeded"][n % 2]) | {"livemode": False},
        "not paid": lambda self, p, o, n: self.tell(p, payment_status=["unpaid", "no_payment_required", "open", "Paid", "PAID", "paid ", "", None, True, 1, "succeeded", "complete", "processing", "void"][n]),
        "another mode of buying": lambda self, p, o, n: self.tell(p, mode=["setup", "subscription", "Payment", "payments", "pay", "PAYMENT", "refund", "x", "test", "live", "0", "1", "payment ", " payment"][n]),
    }  # fmt: skip

    def without(self, event, n):
        return ["", " ", "t=", "v1=", "t=1", "none", ",", "=", "t=1,", "v1=a", "t=,v1=", "t=x,v1=y", "0", "t==1"][n]

    def broken_headers(self, family, event, n):
        true = self.true_headers(event)["Stripe-Signature"]
        made = {
            "header missing": lambda: {"Stripe-Signature": self.without(event, n)} if n else {},
            "header doubled": lambda: {"Stripe-Signature": f"{true},{schemes.sign_of_stripe(self.body(event), at=now() - timedelta(seconds=n + 1))}"},
            "signature cut": lambda: {"Stripe-Signature": true[: -n - 1]},
            "another provider's scheme": lambda: [
                {"Sandbox-Signature": true}, schemes.headers_of_wechat(self.body(event), at=now()),
                {"Stripe-Signature": schemes.rsa_sign(self.body(event).decode(), schemes.ALIPAY[0])},
                {"Stripe-Signature": true.replace("v1=", "v0=")},
            ][n % 4],
            "time not the signed one": lambda: {"Stripe-Signature": re.sub(r"t=(\d+)", lambda signed: f"t={int(signed[1]) - n - 1}", true)},
        }  # fmt: skip
        return made[family]()

    def by_key(self, client, event, n):
        secret = schemes.KEYS["stripe"]["webhook_secret"]
        return self.send(client, event, secret=secret[:-1] + "ghijklmnopqrst"[n])

    def by_sandbox(self, client, event, n):
        return self.send(client, event, secret=f"whsec_sandbox_0123456789abcde{n:x}")

    def moved(self, client, event, seconds):
        return self.send(client, event, at=now() + timedelta(seconds=seconds))

    def again(self, payment, n):
        return self.tell(payment, event_id=f"evt_{n}")


class AtAlipay:
    name, make = "alipay", AlipayAtHand

    def number(self, order, payment):
        return trade_number(reference=order.reference, key=str(payment.idempotency_key))

    def tell(self, payment, **changes):
        told = {"out_trade_no": payment.provider_id, "total_amount": f"{payment.amount_minor / 100:.2f}"} | changes
        return schemes.fields_of_alipay(**told)

    def signed(self, fields, *, key=None):
        return {
            **fields,
            "sign": schemes.sign_of_alipay(fields, private_key=key or schemes.ALIPAY[0]),
            "sign_type": "RSA2",
        }

    def body(self, fields, *, key=None):
        return urlencode(self.signed(fields, key=key)).encode()

    def send(self, client, fields, *, body=None, headers=None, key=None):
        body = self.body(fields, key=key) if body is None else body
        kind = "application/x-www-form-urlencoded"
        return client.post("/pay/alipay/webhook/", body, content_type=kind, headers=headers or {})

    content = {
        "amount": lambda self, p, o, n: self.tell(p, total_amount=f"{off(p, n) / 100:.2f}"),
        "amount is no number": lambda self, p, o, n: self.tell(p, total_amount=["199,00", "199.000", "1.99e2", "-199.00", "+199.00", " 199.00", "199.00 ", "0199.00", "19900分", "٣", "NaN", "1_99.00", "0x199", ".199"][n]),
        "currency": lambda self, p, o, n: self.tell(p, trans_currency=CODES[n] if n != 7 else "AUD"),
        "another order": lambda self, p, o, n: self.tell(p, out_trade_no=strange(o.provider_id[:12] + p.provider_id[12:], n)),
        "another order's payment": lambda self, p, o, n: self.tell(p, out_trade_no=strange(o.provider_id, n)),
        "another app": lambda self, p, o, n: self.tell(p, app_id=f"20210000000000{n:02d}"),
        "another seller": lambda self, p, o, n: self.tell(p, seller_id=f"20880000000001{n:02d}"),
        "not paid": lambda self, p, o, n: self.tell(p, trade_status=["WAIT_BUYER_PAY", "TRADE_PENDING", "SUCCESS", "trade_success", "TRADE_SUCCESS ", "PAID", "FINISHED", "TRADE_FAIL", "CLOSED", "x", "0", "1", "true", "TRADE_REFUND"][n]),
        "another kind of notice": lambda self, p, o, n: self.tell(p, notify_type=["batch_trans_notify", "dut_user_sign", "refund", "trade", "Trade_status_sync", "trade_status_sync2", "x", "a", "b", "c", "d", "e", "f", "g"][n]),
    }  # fmt: skip

    def broken(self, family, fields, n):
        """The parts of a notice that was signed, and then touched; as bytes."""
        true = self.signed(fields)
        sign = true["sign"]
        made = {
            "header missing": lambda: urlencode({name: value for name, value in true.items() if name != ["sign", "sign_type"][n % 2]} | ({"x": str(n)} if n > 1 else {})),
            "header doubled": lambda: urlencode([*true.items(), *([("sign", sign)] * (n + 1))]),
            "signature cut": lambda: urlencode(true | {"sign": sign[: -n - 1]}),
            "another provider's scheme": lambda: urlencode(true | {"sign": sandbox_signature(urlencode(fields).encode(), secret=f"s{n}")}),
            "time not the signed one": lambda: urlencode(true | {"notify_time": f"2026-01-{n + 1:02d} 00:00:00"}),
            "another cipher": lambda: urlencode(true | {"sign_type": ["RSA", "rsa2", "MD5", "RSA3", "", "none", "RSA2 ", "SHA256", "DSA", "HMAC", "0", "null", "RSA256", "EC"][n]}),
        }  # fmt: skip
        return made[family]().encode()

    def by_key(self, client, fields, n):
        return self.send(
            client,
            fields | {"notify_id": f"k{n}"},
            key=[schemes.STRANGER, schemes.ALIPAY_SHOP, schemes.WECHAT][n % 3][0],
        )

    def by_sandbox(self, client, fields, n):
        return self.send(client, fields | {"notify_id": f"s{n}"}, key=schemes.WECHAT_SHOP[0])

    def again(self, payment, n):
        return self.tell(payment, notify_id=f"again{n}")


class AtWeChat:
    name, make = "wechat", WeChat

    def number(self, order, payment):
        return trade_number(reference=order.reference, key=str(payment.idempotency_key))

    def tell(self, payment, **changes):
        amount = changes.pop("amount_changes", {})
        told = {"out_trade_no": payment.provider_id, "total": payment.amount_minor} | changes
        about = schemes.transaction_of_wechat(**told)
        return about | {"amount": about["amount"] | amount}

    def body(self, about, **sealing):
        return schemes.sealed_by_wechat(about, **sealing)

    def send(self, client, about, *, body=None, headers=None, id="true", **signing):
        true = self.body(about, id=id)
        headers = (
            schemes.headers_of_wechat(true, at=signing.pop("at", now()), **signing) if headers is None else headers
        )
        return client.post("/pay/wechat/webhook/", body or true, content_type="application/json", headers=headers)

    content = {
        "amount": lambda self, p, o, n: self.tell(p, total=off(p, n)),
        "amount is no number": lambda self, p, o, n: self.tell(p, amount_changes={"total": NO_NUMBERS[n]}),
        "currency": lambda self, p, o, n: self.tell(p, amount_changes={"currency": CODES[n] if n != 7 else "AUD"}),
        "another order": lambda self, p, o, n: self.tell(p, out_trade_no=strange(o.provider_id[:12] + p.provider_id[12:], n)),
        "another order's payment": lambda self, p, o, n: self.tell(p, out_trade_no=strange(o.provider_id, n)),
        "another app": lambda self, p, o, n: self.tell(p, appid=f"wx00000000000001{n:02d}"),
        "another merchant": lambda self, p, o, n: self.tell(p, mchid=f"19000001{n:02d}"),
        "not paid": lambda self, p, o, n: self.tell(p, trade_state=["NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "PAYERROR", "ACCEPT", "success", "PAID", "SUCCESS ", "OK", "", None, 1, True][n]),
        "sealed with another key": lambda self, p, o, n: {"sealed": f"{n:032d}", "about": self.tell(p)},
    }  # fmt: skip

    def broken_headers(self, family, about, n):
        body = self.body(about)
        true = schemes.headers_of_wechat(body, at=now())
        name = schemes.WECHAT_HEADERS[n % 4]
        made = {
            "header missing": lambda: {key: value for key, value in true.items() if key != name} if n < 4 else true | {name: ["", " ", "0", "x"][n % 4] * (n // 4)},
            "header doubled": lambda: true | {name: f"{true[name]},{true[name]}" + " " * (n // 4)},
            "signature cut": lambda: true | {"Wechatpay-Signature": true["Wechatpay-Signature"][: -n - 1]},
            "another provider's scheme": lambda: [{"Stripe-Signature": schemes.sign_of_stripe(body, at=now())}, {"Sandbox-Signature": sandbox_signature(body)}][n % 2],
            "time not the signed one": lambda: true | {"Wechatpay-Timestamp": str(int(true["Wechatpay-Timestamp"]) - n - 1)},
            "another nonce": lambda: true | {"Wechatpay-Nonce": "b" * (n + 1)},
        }  # fmt: skip
        return made[family]()

    def by_key(self, client, about, n):
        return self.send(
            client, about, private_key=[schemes.STRANGER, schemes.WECHAT_SHOP, schemes.ALIPAY][n % 3][0], nonce=f"n{n}"
        )

    def by_sandbox(self, client, about, n):
        return self.send(client, about, private_key=schemes.ALIPAY[0], serial=f"PUB_KEY_ID_SANDBOX{n:016d}")

    def moved(self, client, about, seconds):
        return self.send(client, about, at=now() + timedelta(seconds=seconds))


NO_NUMBERS = [None, "19900", 19900.0, True, [], {}, "", -19900, "¥199", 199.5, [19900], {"v": 19900}, "0", "1e4"]
AT = {place.name: place for place in (AtStripe(), AtAlipay(), AtWeChat())}


def now():
    return datetime.now(UTC)


def off(payment, n):
    return payment.amount_minor + (n // 2 + 1) * (-1) ** n


def strange(number, n):
    """The number itself, and 13 that are nearly it."""
    return number if n == 0 else number[:-1] + "zyxwvutsrqponm"[n]


@pytest.fixture
def world(request, settings, monkeypatch, sell, ben, cleo, client):
    """Ben's order waits at the provider; Cleo's, of another price, is what a forger may name."""
    at = AT[request.param]
    settings.PAYMENT_KEYS = schemes.KEYS
    adapter = at.make()
    monkeypatch.setattr(registry, "_known", {at.name: adapter})
    payment, other = (open_payment(at, adapter, buyer, sell(key, amount)) for buyer, key, amount in
                      [(ben, "course:42", 19900), (cleo, "course:43", 29900)])  # fmt: skip
    if at.name == "alipay":
        for row in (payment, other):
            adapter.truth[row.provider_id] = truth_of(row)
    return at, client, payment, other


def open_payment(at, adapter, buyer, product):
    order = operations.place_order(buyer=buyer, product_ids=[product.pk])
    payment = Payment.objects.create(
        order=order,
        provider=at.name,
        account=adapter.account,
        state="open",
        amount_minor=order.total_minor,
        currency="CNY",
    )
    payment.provider_id = at.number(order, payment)
    payment.save()
    return payment


def truth_of(payment, status=Status.PAID):
    return Seen(
        account=payment.account, provider_id=payment.provider_id, reference=payment.order.reference,
        amount=payment.amount_minor, currency="CNY", status=status,
    )  # fmt: skip


def work_off_all():
    for event in WebhookEvent.objects.filter(worked_at__isnull=True):
        operations.work_off(event_id=event.pk)


def nobody_was_let_in():
    return not Order.objects.exclude(state="placed").exists() and not Payment.objects.exclude(captured_minor=0).exists()


def believes_the_true_one(at, client, payment):
    answer = at.send(client, at.tell(payment))
    work_off_all()
    assert Order.objects.get(pk=payment.order_id).state == "paid", list(
        WebhookEvent.objects.values_list("kind", "outcome")
    )
    assert answer.content.decode() == ACKNOWLEDGED[at.name]
    return answer.status_code == 200


def cases(families):
    return [pytest.param(name, family, id=f"{name}-{family}") for name, at in AT.items() for family in families(at)]


@pytest.mark.parametrize(("world", "family"), cases(lambda at: at.content), indirect=["world"])
def test_what_is_signed_and_does_not_match(world, family, record_property):
    at, client, payment, other = world
    told = set()
    if at.name == "alipay" and family == "not paid":
        # What the notice says is confirmed by asking: where Alipay says "paid", a notice of less does no harm.
        providers.by_name("alipay").truth[payment.provider_id] = truth_of(payment, Status.OPEN)
    for n in range(PER_FAMILY):
        forged = at.content[family](at, payment, other, n)
        told.add(repr(forged))
        answer = self_numbered(at, client, forged, n)
        assert answer.status_code in {200, 400}
        work_off_all()
        assert nobody_was_let_in(), (family, n, forged)
    assert len(told) >= (2 if family == "test mode" else PER_FAMILY - 1)
    believed = Counter(WebhookEvent.objects.values_list("outcome", flat=True))["taken"]
    # That a try failed may be believed of a provider that says so: it opens nothing, and can still be paid.
    assert believed == (1 if (at.name, family) == ("wechat", "not paid") else 0)
    if at.name == "alipay":
        providers.by_name("alipay").truth[payment.provider_id] = truth_of(payment)
    assert believes_the_true_one(at, client, payment)
    record_property("forgeries", (at.name, family, PER_FAMILY, 0))


def self_numbered(at, client, forged, n):
    """Send it under a number of its own, so that no forgery hides behind an earlier one."""
    if at.name == "stripe":
        return at.send(client, forged | {"id": f"evt_{n}"})
    if at.name == "alipay":
        return at.send(client, forged | {"notify_id": f"n{n}"})
    if "sealed" in forged:
        body = at.body(forged["about"], id=f"n{n}", api_key=forged["sealed"])
        return at.send(client, forged["about"], body=body, headers=schemes.headers_of_wechat(body, at=now()))
    return at.send(client, forged, id=f"n{n}")


BROKEN = ["header missing", "header doubled", "signature cut", "another provider's scheme", "time not the signed one"]
MORE = {"stripe": [], "alipay": ["another cipher"], "wechat": ["another nonce"]}


def refused(answer):
    return (answer.status_code, WebhookEvent.objects.count()) == (400, 0)


@pytest.mark.parametrize(("world", "family"), cases(lambda at: BROKEN + MORE[at.name]), indirect=["world"])
def test_what_was_touched_after_it_was_signed(world, family, record_property):
    at, client, payment, _ = world
    true = at.tell(payment)
    for n in range(PER_FAMILY):
        if at.name == "alipay":
            answer = at.send(client, true, body=at.broken(family, true, n))
        else:
            answer = at.send(client, true, headers=at.broken_headers(family, true, n))
        assert refused(answer), (family, n)
    assert believes_the_true_one(at, client, payment)
    record_property("forgeries", (at.name, family, PER_FAMILY, 0))


@pytest.mark.parametrize("world", AT, indirect=True)
@pytest.mark.parametrize("who", ["by_key", "by_sandbox"])
def test_signed_by_another(world, who, record_property):
    at, client, payment, _ = world
    for n in range(PER_FAMILY):
        assert refused(getattr(at, who)(client, at.tell(payment), n)), n
    assert believes_the_true_one(at, client, payment)
    family = {"by_key": "another key", "by_sandbox": "the sandbox's key"}[who]
    record_property("forgeries", (at.name, family, PER_FAMILY, 0))


@pytest.mark.parametrize("world", AT, indirect=True)
def test_the_body_written_again(world, record_property):
    at, client, payment, _ = world
    true = at.tell(payment)
    for n in range(PER_FAMILY):
        if at.name == "alipay":
            # A form has no spaces to move: its names and values are what is signed, so one of them is written otherwise.
            body = urlencode(
                dict(parse_qsl(at.body(true).decode())) | {"total_amount": "199." + "0" * (n % 7 + 3) + " " * (n // 7)}
            ).encode()
        else:
            body = at.body(true).replace(b",", b", " + b"\n\t "[: n % 3 + 1] * (n // 3 + 1), 1)
        headers = None if at.name == "alipay" else header_of(at, true)
        assert refused(at.send(client, true, body=body, headers=headers)), n
    assert believes_the_true_one(at, client, payment)
    record_property("forgeries", (at.name, "body written again", PER_FAMILY, 0))


def header_of(at, true):
    return at.true_headers(true) if at.name == "stripe" else schemes.headers_of_wechat(at.body(true), at=now())


@pytest.mark.parametrize("world", ["stripe", "wechat"], indirect=True)
@pytest.mark.parametrize("minutes", [-6, 6])
def test_of_another_time(world, minutes, record_property):
    at, client, payment, _ = world
    for n in range(PER_FAMILY):
        assert refused(at.moved(client, at.tell(payment), minutes * 60 + n * (1 if minutes > 0 else -1))), n
    assert at.moved(client, at.tell(payment), minutes // 6 * 240).status_code == 200
    assert believes_the_true_one(at, client, payment)
    record_property("forgeries", (at.name, f"{minutes:+d} min", PER_FAMILY, 0))


@pytest.mark.parametrize("world", ["alipay"], indirect=True)
@pytest.mark.parametrize("minutes", [-6, 6])
def test_of_another_time_where_time_proves_nothing(world, minutes, record_property):
    """Alipay's notices are not refused for their time; they do nothing that Alipay, asked, does not say itself."""
    at, client, payment, _ = world
    adapter = providers.by_name("alipay")
    adapter.truth[payment.provider_id] = truth_of(payment, Status.OPEN)
    for n in range(PER_FAMILY):
        old = at.tell(payment, notify_id=f"old{n}", at=now() + timedelta(minutes=minutes))
        assert at.send(client, old).status_code == 200
        work_off_all()
        assert nobody_was_let_in()
    adapter.truth[payment.provider_id] = truth_of(payment)
    assert believes_the_true_one(at, client, payment)
    record_property("forgeries", (at.name, f"{minutes:+d} min", PER_FAMILY, 0))


@pytest.mark.parametrize("world", AT, indirect=True)
def test_a_replay_after_the_refund_opens_nothing(world, ben, record_property):
    at, client, payment, _ = world
    assert believes_the_true_one(at, client, payment)
    operations.request_refund(order=payment.order, by=ben)
    for n in range(PER_FAMILY):
        assert at.send(client, at.tell(payment)).status_code == 200
        assert self_numbered(at, client, at.tell(payment), n).status_code == 200
        work_off_all()
        assert Order.objects.get(pk=payment.order_id).state == "refunded"
    assert "course:42" not in audience.keys_of(type(ben).objects.get(pk=ben.pk))
    record_property("forgeries", (at.name, "replay after the refund", PER_FAMILY, 0))


@pytest.mark.parametrize("world", AT, indirect=True)
def test_without_its_keys_a_provider_has_no_door(world, settings):
    at, client, payment, _ = world
    settings.PAYMENT_KEYS = {}
    assert (at.send(client, at.tell(payment)).status_code, WebhookEvent.objects.count()) == (503, 0)
