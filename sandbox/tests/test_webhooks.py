import hashlib
import hmac
import json
import re
import time
from itertools import pairwise

import pytest

from sandbox.tests.playing import ENVIRONMENT, WEBHOOK_SECRET, eventually


def verify(notice, *, secret=WEBHOOK_SECRET, now=None):
    """Check a notice as a shop would, with nothing of the sandbox's own code."""
    found = re.fullmatch(r"t=([0-9]+),v1=([0-9a-f]{64})", notice.headers["Sandbox-Signature"])
    stamp, given = found.groups()
    wanted = hmac.new(secret.encode(), stamp.encode() + b"." + notice.body, hashlib.sha256).hexdigest()
    return given == wanted and abs((now or time.time()) - int(stamp)) <= 300


def deliveries(client, payment):
    return [event["deliveries"] for event in client.api("GET", f"/v1/payments/{payment['id']}/events").json["data"]]


def test_a_paid_payment_is_told_once_and_signed(client, shop):
    payment = client.create()
    client.choose(payment, "approve")
    (notice,) = shop.heard(1)
    paid = client.fetch(payment)
    told = ("id", "order_reference", "amount", "currency", "status", "amount_refunded", "fee", "created", "paid_at")
    assert notice.event == {
        "id": notice.event["id"],
        "type": "payment.paid",
        "created": paid["paid_at"],
        "account": "acct_sandbox",
        "payment": {name: paid[name] for name in told},
    }
    assert (paid["status"], paid["amount"], paid["fee"]) == ("paid", 19900, 119)
    assert notice.headers["Content-Type"] == "application/json"
    assert verify(notice)
    assert shop.stays_quiet(after=1)


def test_the_independent_check_refuses_what_was_changed(client, shop):
    client.choose(client.create(), "approve")
    (notice,) = shop.heard(1)
    changed = type(notice)(notice.headers, notice.body.replace(b"19900", b"19901"), notice.at)
    assert (verify(notice), verify(changed)) == (True, False)
    assert not verify(notice, secret=WEBHOOK_SECRET + "x")
    assert not verify(notice, now=time.time() + 301)


def test_a_notice_is_tried_again_until_somebody_signs_for_it(client, shop):
    shop.statuses = [500, 302, 404]
    payment = client.create()
    client.choose(payment, "approve")
    notices = shop.heard(4)
    assert len({notice.body for notice in notices}) == 1
    assert all(map(verify, notices))
    pauses = [later.at - earlier.at for earlier, later in pairwise(notices)]
    assert pauses[0] >= 0.05 and pauses[1] >= 0.1 and pauses[2] >= 0.2
    assert shop.stays_quiet(after=4)
    ((delivery,),) = deliveries(client, payment)
    assert (delivery["attempts"], delivery["last_status"], delivery["gave_up_at"]) == (4, 204, None)
    assert delivery["delivered_at"] is not None


def test_a_shop_that_never_signs_is_left_alone_in_the_end_and_can_be_told_again(client, shop):
    shop.statuses = [503] * 4
    payment = client.create()
    client.choose(payment, "approve")
    shop.heard(4)
    eventually(lambda: deliveries(client, payment)[0][0]["gave_up_at"])
    assert shop.stays_quiet(after=4)
    event_id = shop.notices[0].event["id"]
    answer = client.api("POST", f"/v1/events/{event_id}/deliveries")
    assert (answer.status, answer.json) == (202, {"event": event_id, "status": "scheduled"})
    assert shop.heard(5)[4].body == shop.notices[0].body


def test_a_shop_that_thinks_for_long_is_not_told_again_meanwhile(client, shop):
    shop.thinks = 0.3
    for _ in range(3):
        client.choose(client.create(), "approve")
        time.sleep(0.05)
    assert len({notice.body for notice in shop.heard(3)}) == 3
    assert shop.stays_quiet(after=3, seconds=0.5)


def test_a_shop_that_thinks_too_long_is_told_again(open_sandbox, shop):
    shop.thinks = 0.3
    with open_sandbox(answer_within=0.1) as client:
        payment = client.create()
        client.choose(payment, "approve")
        first, second = shop.heard(2)
        assert first.body == second.body
        assert deliveries(client, payment)[0][0]["last_error"].startswith("TimeoutError")


def test_a_shop_that_is_away_is_noted_and_tried_again(client, shop):
    shop.close()
    payment = client.create()
    client.choose(payment, "approve")
    delivery = eventually(lambda: (first := deliveries(client, payment)[0][0])["attempts"] >= 2 and first)
    assert delivery["last_status"] is None
    assert delivery["last_error"].startswith("ConnectionRefusedError")


def test_a_declined_payment_is_told_and_may_still_be_paid(client, shop):
    payment = client.create()
    answer = client.choose(payment, "decline")
    assert (answer.status, answer.headers["Location"]) == (303, f"/pay/{payment['id']}")
    (declined,) = shop.heard(1)
    assert (declined.event["type"], declined.event["payment"]["status"]) == ("payment.declined", "declined")
    assert (declined.event["payment"]["fee"], declined.event["payment"]["paid_at"]) == (0, None)
    assert client.fetch(payment)["status"] == "declined"
    client.choose(payment, "approve")
    assert [notice.event["type"] for notice in shop.heard(2)] == ["payment.declined", "payment.paid"]


def test_a_slow_notice_comes_late_although_the_money_is_taken(client, shop):
    payment = client.create()
    started = time.time()
    client.choose(payment, "slow")
    assert client.fetch(payment)["status"] == "paid"
    assert shop.notices == []
    (notice,) = shop.heard(1)
    assert notice.at - started >= 0.4


def test_a_refund_overtakes_a_slow_notice(client, shop):
    payment = client.create()
    client.choose(payment, "slow")
    client.refund(payment, 19900, key="overtaking")
    assert [notice.event["type"] for notice in shop.heard(2)] == ["payment.refunded", "payment.paid"]


def test_a_duplicate_is_the_same_event_three_times(client, shop):
    client.choose(client.create(), "duplicate")
    notices = shop.heard(3)
    assert len({notice.body for notice in notices}) == 1
    assert all(map(verify, notices))
    assert shop.stays_quiet(after=3)


def test_out_of_order_tells_of_the_decline_after_the_payment(client, shop):
    payment = client.create()
    client.choose(payment, "out_of_order")
    assert [notice.event["type"] for notice in shop.heard(2)] == ["payment.paid", "payment.declined"]
    happened = client.api("GET", f"/v1/payments/{payment['id']}/events").json["data"]
    assert [event["type"] for event in happened] == ["payment.declined", "payment.paid"]
    assert client.fetch(payment)["status"] == "paid"


@pytest.mark.parametrize(("asked", "taken"), [(19900, 19899), (1, 2)])
def test_a_wrong_amount_is_what_was_really_taken(client, shop, asked, taken):
    payment = client.create(amount=asked)
    client.choose(payment, "wrong_amount")
    (notice,) = shop.heard(1)
    assert (notice.event["type"], notice.event["payment"]["amount"]) == ("payment.paid", taken)
    assert client.fetch(payment)["amount"] == taken


def test_a_chargeback_follows_the_payment(client, shop):
    payment = client.create()
    client.choose(payment, "chargeback")
    paid, disputed = shop.heard(2)
    assert [paid.event["payment"]["status"], disputed.event["payment"]["status"]] == ["paid", "disputed"]
    assert disputed.event["type"] == "payment.disputed"
    assert disputed.at - paid.at >= 0.25
    assert client.fetch(payment)["status"] == "disputed"
    assert client.refund(payment, 1, key="after-dispute").json["error"]["type"] == "wrong_state"


def test_a_refund_in_full_forestalls_the_chargeback(client, shop):
    payment = client.create()
    client.choose(payment, "chargeback")
    client.refund(payment, 19900, key="forestalling")
    shop.heard(2)
    assert shop.stays_quiet(after=2, seconds=0.5)
    assert client.fetch(payment)["status"] == "refunded"


def test_a_lost_notice_is_found_only_by_asking(client, shop):
    payment = client.create()
    client.choose(payment, "lost")
    assert shop.stays_quiet(after=0)
    assert client.fetch(payment)["status"] == "paid"


def test_the_bank_can_be_played_by_the_shop(client, shop):
    payment = client.create()
    client.choose(payment, "approve")
    answer = client.api("POST", f"/v1/payments/{payment['id']}/disputes", {}, key="dispute-1")
    assert (answer.status, answer.json["status"]) == (201, "disputed")
    assert {notice.event["type"] for notice in shop.heard(2)} == {"payment.paid", "payment.disputed"}


def test_keys_that_are_taken_away_leave_the_notice_waiting(open_sandbox, shop):
    with open_sandbox() as client:
        shop.statuses = [500]
        payment = client.create(scheme="stripe")
        client.choose(payment, "slow")
    without = {name: value for name, value in ENVIRONMENT.items() if "STRIPE" not in name}
    with open_sandbox(environment=without) as client:
        delivery = eventually(lambda: (first := deliveries(client, payment)[0][0])["attempts"] >= 1 and first)
        assert delivery["last_error"] == "the keys of stripe are gone"
        assert client.api("POST", "/v1/payments", client.order(scheme="stripe"), key="no-stripe").status == 422
    assert shop.notices == []


def test_the_body_is_utf8_as_it_stands(client, shop):
    client.choose(client.create(order_reference="订单-1"), "approve")
    (notice,) = shop.heard(1)
    assert "订单-1".encode() in notice.body
    assert json.loads(notice.body)["payment"]["order_reference"] == "订单-1"
