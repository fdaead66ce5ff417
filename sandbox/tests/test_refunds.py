from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def paid(client, shop):
    payment = client.create()
    client.choose(payment, "approve")
    shop.heard(1)
    return payment


def test_refunds_in_parts_add_up_to_what_was_taken_and_no_further(client, shop, paid):
    first = client.refund(paid, 9900, key="refund-1")
    assert (first.status, first.json) == (
        201,
        {
            "id": first.json["id"],
            "object": "refund",
            "payment": paid["id"],
            "amount": 9900,
            "currency": "CNY",
            "reason": "",
            "status": "succeeded",
            "created": first.json["created"],
        },
    )
    too_much = client.refund(paid, 10001, key="refund-2")
    assert (too_much.status, too_much.json["error"]["type"]) == (422, "refund_exceeds_captured")
    assert client.fetch(paid)["status"] == "paid"
    rest = client.refund(paid, 10000, key="refund-3")
    assert client.refund(paid, 1, key="refund-4").status == 422
    refunded = client.fetch(paid)
    assert (refunded["status"], refunded["amount_refunded"]) == ("refunded", 19900)
    assert refunded["refunds"] == [first.json, rest.json]
    events = [notice.event for notice in shop.heard(3)[1:]]
    assert {event["type"] for event in events} == {"payment.refunded"}
    assert {
        (event["refund"]["id"], event["refund"]["amount"], event["payment"]["amount_refunded"]) for event in events
    } == {
        (first.json["id"], 9900, 9900),
        (rest.json["id"], 10000, 19900),
    }


def test_a_repeated_refund_gives_back_once(client, shop, paid):
    first = client.refund(paid, 100, key="refund-1")
    again = client.refund(paid, 100, key="refund-1")
    assert again.json == first.json
    assert client.fetch(paid)["amount_refunded"] == 100
    assert client.refund(paid, 101, key="refund-1").json["error"]["type"] == "idempotency_key_reused"
    shop.heard(2)
    assert shop.stays_quiet(after=2)


def test_refunds_at_once_never_exceed_what_was_taken(client, paid):
    with ThreadPoolExecutor(12) as at_once:
        answers = list(at_once.map(lambda turn: client.refund(paid, 5000, key=f"at-once-{turn}"), range(12)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [422] * 9
    assert client.fetch(paid)["amount_refunded"] == 15000


@pytest.mark.parametrize("amount", [0, -1, 1.5, "100", None, True])
def test_an_amount_that_is_none_is_refused(client, paid, amount):
    assert client.refund(paid, amount, key="refund-1").json["error"]["type"] == "invalid_request"
    assert client.fetch(paid)["amount_refunded"] == 0


@pytest.mark.parametrize("choice", [None, "decline", "challenge"])
def test_what_was_not_taken_cannot_be_given_back(client, choice):
    payment = client.create()
    if choice:
        client.choose(payment, choice)
    refused = client.refund(payment, 1, key="refund-1")
    assert (refused.status, refused.json["error"]["type"]) == (409, "wrong_state")
    assert client.fetch(payment)["refunds"] == []
