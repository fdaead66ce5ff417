"""The same thing paid by two pages at one moment: one of them opens it, the other one's money goes back."""

import threading

import pytest

from conftest import played
from payments import operations
from payments.models import Entitlement, Gift, Refund
from payments.operations import giving, granting, periods
from payments.providers import Status

pytestmark = [pytest.mark.race, pytest.mark.commits]


@pytest.fixture
def opened(own_database, ada, ben, sell):
    """The checkouts of a course and of the bundle with it, both open; ``opened(nth)`` for as many courses as there are rounds."""

    def both(nth):
        parts = [sell(f"course:{nth}1", 9900), sell(f"course:{nth}2", 9900, title="Tea")]
        bundle = operations.set_bundle(slug=f"both-{nth}", title="Both", products=parts, amount=15000, by=ada)
        return [operations.check_out(buyer=ben, product_ids=[one.pk], provider="till")[1] for one in (parts[0], bundle)]

    return both


@pytest.fixture
def pay(till):
    def paying(payment):
        seen = till.happens(payment.provider_id, Status.PAID)
        return lambda: operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)

    return paying


def doors(nth):
    """How often each of the two is open, and how many sums go back."""
    keys = [f"course:{nth}1", f"course:{nth}2"]
    open_now = Entitlement.objects.live().filter(key__in=keys).values_list("key", flat=True)
    return sorted(open_now), Refund.objects.filter(cause="held").count()


def test_one_of_them_opens_it(opened, pay, at_once):
    for nth in range(1, 1 + played(3, full=50)):
        ends = at_once(*map(pay, opened(nth)))
        assert (dict(ends), doors(nth)) == ({"done": 2}, ([f"course:{nth}1", f"course:{nth}2"], nth))


@pytest.fixture
def given(ben, cleo, sell, pay):
    """A gift for Ben, and his own order of the same course."""

    def both(nth):
        product = sell(f"course:{nth}1", 9900)
        order, payment = operations.check_out(
            buyer=cleo, product_ids=[product.pk], provider="till", gift=operations.GiftWish()
        )
        pay(payment)()
        return Gift.objects.get(order=order), operations.check_out(
            buyer=ben, product_ids=[product.pk], provider="till"
        )[1]

    return both


def test_a_gift_is_taken_while_the_own_order_is_paid(own_database, given, pay, at_once, ben):
    for nth in range(1, 1 + played(3, full=50)):
        gift, own = given(nth)
        at_once(pay(own), lambda gift=gift: operations.claim_gift(gift=gift, by=ben))
        gift.refresh_from_db()
        # Whichever came first opens it: either the link stays open for somebody else, or the money goes back.
        goes_back = Refund.objects.filter(payment=own, cause="held").exists()
        assert (doors(nth)[0], gift.claimed_by_id) == ([f"course:{nth}1"], ben.pk if goes_back else None)


def test_control_without_the_lock_he_has_it_twice(own_database, given, pay, at_once, ben, monkeypatch):
    gift, own = given(1)
    both_have_looked = threading.Barrier(2)

    def waits(look):
        def look_and_wait(*args, **named):
            found = look(*args, **named)
            both_have_looked.wait(timeout=30)
            return found

        return look_and_wait

    monkeypatch.setattr(periods, "lock", lambda **_: None)
    monkeypatch.setattr(granting, "lines_held", waits(granting.lines_held))
    monkeypatch.setattr(giving.queries, "has", waits(giving.queries.has))
    ends = at_once(pay(own), lambda: operations.claim_gift(gift=gift, by=ben))
    assert (ends, doors(1)) == ({"done": 2}, (["course:11", "course:11"], 0))
