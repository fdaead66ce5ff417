from datetime import UTC, datetime

import pytest


class Clock:
    """Stands still until it is moved."""

    def __init__(self, written):
        self.move(written)

    def move(self, written):
        self.now = datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp()

    def __call__(self):
        return self.now


def ids(client, target):
    return [row["id"] for row in client.api("GET", target).json["data"]]


def test_a_day_is_a_day_in_utc_by_what_happened_on_it(open_sandbox, shop):
    clock = Clock("2026-01-31T23:59:59")
    with open_sandbox(clock=clock) as client:
        late, unpaid = client.create(), client.create()
        clock.move("2026-02-01T00:00:00")
        client.choose(late, "approve")
        clock.move("2026-02-02T12:00:00")
        refund = client.refund(late, 19900, key="refund-1").json
        assert ids(client, "/v1/payments?created_on=2026-01-31") == sorted([late["id"], unpaid["id"]])
        assert ids(client, "/v1/payments?created_on=2026-02-01") == []
        assert ids(client, "/v1/payments?paid_on=2026-01-31") == []
        assert client.api("GET", "/v1/payments?paid_on=2026-02-01").json == {
            "data": [client.fetch(late)],
            "has_more": False,
        }
        assert client.api("GET", "/v1/refunds?created_on=2026-02-02").json == {"data": [refund], "has_more": False}
        assert ids(client, "/v1/refunds?created_on=2026-02-01") == []


@pytest.mark.parametrize("at_one_moment", [True, False])
def test_pages_hold_every_payment_once(open_sandbox, at_one_moment):
    clock = Clock("2026-01-31T12:00:00")
    with open_sandbox(clock=clock) as client:
        made = []
        for _ in range(5):
            made.append(client.create()["id"])
            clock.now += 0 if at_one_moment else 1
        seen, after, sizes, more = [], "", [], True
        while more:
            page = client.api("GET", f"/v1/payments?created_on=2026-01-31&limit=2{after}").json
            seen += [row["id"] for row in page["data"]]
            sizes.append(len(page["data"]))
            after, more = f"&after={seen[-1]}", page["has_more"]
    assert (seen, sizes) == (sorted(made) if at_one_moment else made, [2, 2, 1])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?paid_on=yesterday",
        "?paid_on=2026-01-31&created_on=2026-01-31",
        "?paid_on=2026-01-31&limit=0",
        "?paid_on=2026-01-31&limit=101",
    ],
)
def test_a_list_needs_one_day_and_a_bounded_page(client, query):
    answer = client.api("GET", f"/v1/payments{query}")
    assert (answer.status, answer.json["error"]["type"]) == (422, "invalid_request")


def test_a_place_in_another_list_is_refused(client):
    unpaid = client.create()
    assert client.api("GET", f"/v1/payments?paid_on=2026-01-31&after={unpaid['id']}").status == 404
