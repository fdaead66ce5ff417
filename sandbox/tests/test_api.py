import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.tests.playing import SECRET_KEY

UNAUTHORIZED = {"error": {"type": "unauthorized", "message": "Send the secret key as a bearer token."}}


def test_a_created_payment_is_shown_as_it_was_asked_for(client, shop):
    created = client.create()
    expected = client.order() | {
        "id": created["id"],
        "object": "payment",
        "account": "acct_sandbox",
        "status": "open",
        "amount_refunded": 0,
        "fee": 0,
        "created": created["created"],
        "paid_at": None,
        "scheme": "sandbox",
        "checkout_url": f"http://127.0.0.1:{client.port}/pay/{created['id']}",
        "refunds": [],
    }
    assert created == expected
    assert client.fetch(created) == expected


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/v1/payments"),
        ("GET", "/v1/payments?paid_on=2026-01-31"),
        ("GET", "/v1/payments/{id}"),
        ("POST", "/v1/payments/{id}/refunds"),
        ("POST", "/v1/payments/{id}/disputes"),
        ("GET", "/v1/payments/{id}/events"),
        ("GET", "/v1/refunds?created_on=2026-01-31"),
        ("POST", "/v1/events/evt_1/deliveries"),
    ],
)
@pytest.mark.parametrize(
    "sent", [None, "", "Bearer ", SECRET_KEY, f"bearer {SECRET_KEY}", f"Bearer {SECRET_KEY}x", "Bearer 钥"]
)
def test_without_the_key_nothing_is_answered_and_nothing_happens(client, method, target, sent):
    payment = client.create()
    headers = {"Idempotency-Key": "forged-0001"} | ({} if sent is None else {"Authorization": sent.encode()})
    answer = client.send(method, target.format(id=payment["id"]), body=json.dumps(client.order()), headers=headers)
    assert (answer.status, answer.json) == (401, UNAUTHORIZED)
    assert client.fetch(payment) == payment
    # The key of a refused request stays free: a stranger cannot occupy it.
    assert client.api("POST", "/v1/payments", client.order(), key="forged-0001").status == 201


def test_a_repeated_key_gives_the_first_answer_and_makes_nothing(client):
    first = client.api("POST", "/v1/payments", client.order(), key="order-1-try-1")
    again = client.api("POST", "/v1/payments", client.order(), key="order-1-try-1")
    assert (again.status, again.json) == (201, first.json)
    assert (first.headers["Idempotent-Replayed"], again.headers["Idempotent-Replayed"]) == (None, "true")
    other = client.api("POST", "/v1/payments", client.order(), key="order-1-try-2")
    assert other.json["id"] != first.json["id"]


def test_a_key_used_for_another_request_is_refused(client):
    client.api("POST", "/v1/payments", client.order(), key="order-1-try-1")
    answer = client.api("POST", "/v1/payments", client.order(amount=1), key="order-1-try-1")
    assert (answer.status, answer.json["error"]["type"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize("key", [None, "short", "with space", "x" * 201])
def test_creating_needs_a_usable_key(client, key):
    answer = client.api("POST", "/v1/payments", client.order(), key=key)
    assert (answer.status, answer.json["error"]["type"]) == (400, "idempotency_key_missing")


def test_twenty_at_once_under_one_key_make_one_payment(client):
    with ThreadPoolExecutor(20) as at_once:
        answers = list(
            at_once.map(lambda _: client.api("POST", "/v1/payments", client.order(), key="at-once-1"), range(20))
        )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum(answer.headers["Idempotent-Replayed"] is None for answer in answers) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": 19.9},
        {"amount": "19900"},
        {"amount": True},
        {"amount": 10**11},
        {"currency": "cny"},
        {"currency": "XXX"},
        {"currency": None},
        {"order_reference": " "},
        {"order_reference": "x" * 65},
        {"order_reference": 7},
        {"description": "two\nlines"},
        {"description": ""},
        {"return_url": "javascript:alert(1)"},
        {"return_url": "https://user:word@example.org/"},
        {"return_url": "https://example.org/\r\nSet-Cookie: a=b"},
        {"return_url": "https://example.org;script-src/"},
        {"return_url": None},
        {"webhook_url": "https://example.org/webhooks/"},
        {"webhook_url": "http://example.org/webhooks/"},
        {"webhook_url": "http://127.0.0.1.example.org/"},
        {"webhook_url": "http://127.0.0.1@example.org/"},
        {"webhook_url": "http://localhost.example.org/"},
        {"webhook_url": "http://10.0.0.1/"},
        {"webhook_url": "http://169.254.169.254/"},
        {"webhook_url": "http://0.0.0.0/"},
        {"webhook_url": "http://127.0.0.1:99999/"},
        {"webhook_url": "https://127.0.0.1/"},
        {"webhook_url": "file:///etc/passwd"},
        {"scheme": "alipay"},
    ],
    ids=str,
)
def test_what_is_not_fit_to_be_paid_is_refused_and_leaves_the_key_free(client, changes):
    refused = client.api("POST", "/v1/payments", client.order(**changes), key="unfit-0001")
    assert (refused.status, refused.json["error"]["type"]) == (422, "invalid_request")
    assert client.api("POST", "/v1/payments", client.order(), key="unfit-0001").status == 201


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/w/", "http://127.8.9.1/w/", "http://localhost:8000/w/", "http://[::1]:8000/w/"]
)
def test_every_loopback_address_may_be_told(client, url):
    assert client.create(webhook_url=url)["webhook_url"] == url


@pytest.mark.parametrize("body", ["", "[]", "{", '"text"', "\xff"])
def test_a_body_that_is_no_object_is_refused(client, body):
    headers = {"Authorization": f"Bearer {SECRET_KEY}", "Idempotency-Key": "no-object"}
    answer = client.send("POST", "/v1/payments", body=body.encode("latin-1"), headers=headers)
    assert (answer.status, answer.json["error"]["type"]) == (422, "invalid_request")


def test_a_body_beyond_the_limit_is_not_read(client):
    answer = client.send("POST", "/v1/payments", headers={"Content-Length": "65537"})
    assert (answer.status, answer.headers["Connection"]) == (413, "close")


def test_what_is_not_there_is_said_to_be_not_there(client):
    for method, target in [
        ("GET", "/v1/payments/pay_0"),
        ("GET", "/v1/payments/pay_0/events"),
        ("POST", "/v1/events/evt_0/deliveries"),
    ]:
        answer = client.api(method, target)
        assert (answer.status, answer.json["error"]["type"]) == (404, "not_found")
    assert client.refund({"id": "pay_0"}, 1, key="refund-0").status == 404
    assert client.api("GET", "/v2/payments").status == 404
    assert client.api("PUT", "/v1/payments").status == 501
    wrong_method = client.api("DELETE", "/v1/payments")
    assert (wrong_method.status, wrong_method.headers["Allow"]) == (405, "GET, POST")
    wrong_method = client.api("POST", "/v1/refunds")
    assert (wrong_method.status, wrong_method.headers["Allow"]) == (405, "GET")


def test_headers_stand_on_every_answer(client):
    payment = client.create()
    for target in ["/v1/payments", f"/pay/{payment['id']}", "/pay/none", "/nowhere", "/static/sandbox.css"]:
        headers = client.page(target).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
        )
        assert headers["Content-Security-Policy"].endswith("; base-uri 'none'; frame-ancestors 'none'")
        assert headers["Cache-Control"] == "no-store"
