"""Each forgery is a valid, signed message with exactly one thing changed; the unchanged one is believed in the same test."""

import json
import time
from collections import Counter
from datetime import timedelta

import pytest

from core import audience
from payments import operations
from payments.models import Order, Payment, WebhookEvent
from payments.providers import Status
from payments.tests.playing import ACCOUNT, SECRET, body_of, deliver, message, signature

pytestmark = [pytest.mark.django_db, pytest.mark.forgery]

PER_FAMILY = 14


def changed(**payment):
    return lambda event, other, number: event | {"payment": event["payment"] | payment}


def by_number(make):
    return lambda event, other, number: event | {"payment": event["payment"] | make(event["payment"], other, number)}


CONTENT = {
    "amount": by_number(lambda paid, other, n: {"amount": paid["amount"] + (n // 2 + 1) * (-1) ** n}),
    "currency": by_number(lambda paid, other, n: {"currency": ["USD", "JPY", "EUR", "cny", "HKD", "GBP", "SGD", "TWD", "XXX", "CN", "CNYY", "USDT", "XAU", "¥"][n]}),
    "another order": by_number(lambda paid, other, n: {"order_reference": other.order.reference[: 14 - n or None] or "-"}),
    "another payment": by_number(lambda paid, other, n: {"id": other.provider_id if not n else paid["id"] + "0" * n}),
    "another account": lambda event, other, n: event | {"account": f"acct_{n}"},
    "not paid": by_number(lambda paid, other, n: {"status": ["open", "authenticating", "declined"][n % 3], "fee": n}),
    "not a status": by_number(lambda paid, other, n: {"status": ["succeeded", "Paid", "PAID", "captured", "settled", "ok", "true", "1", "paid_", "done", "payed", "complete", "closed", "won"][n]}),
    "not a number": by_number(lambda paid, other, n: {"amount": [None, "19900", 19900.0, True, [], {}, "", -19900, "¥199", 199.00, [19900], {"v": 19900}, "0", "1e4"][n]}),
}  # fmt: skip


def reserialized(body, n):
    spaces = [
        b", ",
        b" ,",
        b",\n",
        b",\t",
        b" , ",
        b",  ",
        b"\n,",
        b",\r",
        b"\t,",
        b",\r\n",
        b"  ,",
        b" ,\n",
        b",\n\n",
        b" ,\t",
    ]
    return body.replace(b",", spaces[n], 1)


HEADERS = {
    "another key": lambda body, n, now: signature(body, secret=SECRET[:-1] + "ghijklmnopqrst"[n]),
    "too old": lambda body, n, now: signature(body, at=now - 360 - n),
    "too new": lambda body, n, now: signature(body, at=now + 360 + n),
    "no header": lambda body, n, now: ["", " ", "t=", "v1=", "t=,v1=", "none", "null", "0", "t=1", "v1=a", ",", "=", "t", "v1"][n],
    "two headers": lambda body, n, now: f"{signature(body, at=now - n)}, {signature(body)}",
    "cut": lambda body, n, now: signature(body)[: -n - 1],
    "longer": lambda body, n, now: signature(body) + "0" * (n + 1),
    "another time than was signed": lambda body, n, now: signature(body, at=now).replace(f"t={now}", f"t={now + n + 1}"),
}  # fmt: skip


@pytest.fixture
def world(ben, cleo, sell, begin, till, client):
    """Ben's order waits for its money at the till; Cleo's payment of another one is what a forger may name."""
    _, payment = begin(ben, sell())
    _, other = begin(cleo, sell("course:43"))
    paid = till.happens(payment.provider_id, Status.PAID)
    return client, payment, Payment.objects.select_related("order").get(pk=other.pk), message(paid, id="evt_true")


def work_off_all():
    for event in WebhookEvent.objects.filter(worked_at__isnull=True):
        operations.work_off(event_id=event.pk)


def nobody_was_let_in():
    return (
        not Order.objects.exclude(state="placed").exists() and not Payment.objects.filter(captured_minor__gt=0).exists()
    )


def believes_the_true_one(client, payment, event):
    answer = deliver(client, event)
    work_off_all()
    return (answer.status_code, Order.objects.get(pk=payment.order_id).state) == (200, "paid")


@pytest.mark.parametrize("family", CONTENT)
def test_a_signed_message_that_does_not_match(world, family, record_property):
    client, payment, other, true = world
    for number in range(PER_FAMILY):
        forged = CONTENT[family](true, other, number) | {"id": f"evt_{number}"}
        assert body_of(forged | {"id": "evt_true"}) != body_of(true)
        assert deliver(client, forged).status_code == 200
        work_off_all()
        assert nobody_was_let_in(), (family, number)
    outcomes = Counter(WebhookEvent.objects.values_list("outcome", flat=True))
    assert sum(outcomes.values()) == PER_FAMILY
    record_property("forgeries", ("sandbox", family, PER_FAMILY, 0))
    assert believes_the_true_one(client, payment, true)


@pytest.mark.parametrize("family", HEADERS)
def test_a_message_that_is_not_signed_by_the_provider_of_now(world, family, record_property):
    client, payment, _, true = world
    now = int(time.time())
    for number in range(PER_FAMILY):
        answer = deliver(client, true, header=HEADERS[family](body_of(true), number, now))
        assert (answer.status_code, WebhookEvent.objects.count()) == (400, 0), (family, number)
    assert nobody_was_let_in()
    record_property("forgeries", ("sandbox", family, PER_FAMILY, 0))
    assert believes_the_true_one(client, payment, true)


def test_a_body_written_again(world):
    client, payment, _, true = world
    for number in range(PER_FAMILY):
        body = reserialized(body_of(true), number)
        answer = deliver(client, true, body=body, header=signature(body_of(true)))
        assert (answer.status_code, WebhookEvent.objects.count()) == (400, 0)
    assert believes_the_true_one(client, payment, true)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_a_little_off_is_forgiven(world, minutes):
    client, _, _, true = world
    header = signature(body_of(true), at=time.time() + 60 * minutes)
    assert deliver(client, true, header=header).status_code == 200


def test_a_replay_after_the_refund_opens_nothing(world, ben):
    client, payment, _, true = world
    assert believes_the_true_one(client, payment, true)
    operations.request_refund(order=payment.order, by=ben)
    for number in range(PER_FAMILY):
        assert deliver(client, true | {"id": f"evt_{number}"}).status_code == 200
        assert deliver(client, true).status_code == 200
        work_off_all()
    assert Order.objects.get(pk=payment.order_id).state == "refunded"
    assert "course:42" not in audience.keys_of(type(ben).objects.get(pk=ben.pk))


def test_a_stranger_cannot_take_the_number_of_a_true_event(world):
    client, payment, _, true = world
    assert (
        deliver(client, true | {"account": "acct_other"}, header=signature(body_of(true), secret="x" * 30)).status_code
        == 400
    )
    assert believes_the_true_one(client, payment, true)


def test_a_message_is_kept_as_it_came(world):
    client, _, _, true = world
    as_it_came = json.dumps(true, ensure_ascii=True, indent=3).encode() + b"\n"
    assert deliver(client, true, body=as_it_came).status_code == 200
    assert [bytes(event.body) for event in WebhookEvent.objects.all()] == [as_it_came]


def test_nonsense_leaves_a_line_in_the_log_and_cannot_fill_it(world, clock, caplog):
    client, _, _, true = world
    for _ in range(2):
        for _ in range(20):
            assert deliver(client, true, header="t=1,v1=nonsense").status_code == 400
        clock.shift(timedelta(seconds=61))
    said = [record.getMessage() for record in caplog.records if record.name == "payments.views.webhook"]
    assert [line.partition(":")[0] for line in said] == ["a message for till was refused"] * 2
    assert WebhookEvent.objects.count() == 0


def test_without_keys_there_is_no_door(world, settings):
    client, _, _, true = world
    settings.SANDBOX_URL = ""
    settings.SANDBOX_WEBHOOK_SECRET = ""
    assert (deliver(client, true, provider="sandbox").status_code, WebhookEvent.objects.count()) == (503, 0)
    assert deliver(client, true, provider="nobody").status_code == 503


def test_the_account_of_the_till_is_what_its_messages_name(world):
    assert world[1].account == ACCOUNT
