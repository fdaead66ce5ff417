"""Money that comes by bank: the school looks at its account and says so, on record."""

import pytest
from django.contrib.admin import site
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.audit.models import AuditEntry
from payments import operations
from payments.admin import PaymentAdmin
from payments.models import Entitlement, Order, Payment, Refund
from payments.operations import NotByHand, OwnOrder
from payments.providers import registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(settings, sell, enter, ben):
    """Ben has chosen to transfer."""
    settings.TRANSFER_ACCOUNT = "Lantern School | 1234 5678 | Play Bank"
    client, product = enter(ben), sell()
    answer = client.post(f"/checkout/{product.pk}/", {"way": "transfer"})
    payment = Payment.objects.select_related("order").get()
    assert (answer.status_code, answer.url) == (303, payment.order.get_absolute_url())
    return client, payment


def state_of(payment):
    return Order.objects.get(pk=payment.order_id).state


def notes():
    return list(
        AuditEntry.objects.filter(act__contains="transfer").order_by("pk").values_list("act", "actor_id", "reason")
    )


def test_the_page_says_where_to_and_how_much(waiting):
    client, payment = waiting
    page = client.get(payment.order.get_absolute_url()).content.decode()
    assert [words in page for words in ("1234 5678", "Play Bank", payment.order.reference, "¥199")] == [True] * 4
    assert (payment.order.expires_at - payment.order.placed_at).days >= 6


@pytest.mark.parametrize(("ways", "is_said"), [(["transfer"], False), (["transfer", "till"], True)])
def test_only_who_can_pay_on_a_page_is_told_that_it_opens_at_once(
    settings, sell, enter, ben, till, monkeypatch, ways, is_said
):
    settings.TRANSFER_ACCOUNT = "Lantern School | 1234 5678 | Play Bank"
    monkeypatch.setattr(type(till), "checkout_origins", ("https://till.example",), raising=False)
    monkeypatch.setattr(registry, "_known", {name: one for name, one in registry._known.items() if name in ways})
    page = enter(ben).get(f"/checkout/{sell().pk}/").content.decode()
    assert ("it opens at once" in page) == is_said


def test_approved_it_opens_and_is_on_record(waiting, eli, balance):
    client, payment = waiting
    assert operations.approve_transfer(payment=payment, amount=19900, by=eli, reason="statement 12") == "taken"
    assert (state_of(payment), Entitlement.objects.live().count(), balance("customers", "transfer")) == (
        "paid",
        1,
        -19900,
    )
    assert notes() == [("payments.approve_transfer", eli.pk, "statement 12")]
    assert "You are in" in client.get(payment.order.get_absolute_url()).content.decode()
    with pytest.raises(NotByHand):
        operations.approve_transfer(payment=payment, amount=19900, by=eli, reason="again")


def test_declined_another_way_is_open(waiting, eli):
    client, payment = waiting
    operations.decline_transfer(payment=payment, by=eli, reason="nothing came")
    assert (state_of(payment), Payment.objects.get().state) == ("placed", "declined")
    assert "The payment was declined" in client.get(payment.order.get_absolute_url()).content.decode()
    assert notes() == [("payments.decline_transfer", eli.pk, "nothing came")]


def test_another_amount_opens_nothing_and_is_owed_back_until_it_was_sent(waiting, eli, balance):
    _, payment = waiting
    operations.approve_transfer(payment=payment, amount=19000, by=eli, reason="statement 12")
    refund = Refund.objects.get()
    assert (state_of(payment), refund.state, balance("refunds_due", "transfer")) == ("placed", "due", 19000)
    operations.send_refund(refund_id=refund.pk)
    assert Refund.objects.get().state == "due"
    operations.settle_by_hand(refund=refund, by=eli)
    assert (Refund.objects.get().state, balance("refunds_due", "transfer"), balance("customers", "transfer")) == (
        "done",
        0,
        0,
    )


def test_nobody_approves_their_own(waiting, ben):
    _, payment = waiting
    with pytest.raises(OwnOrder):
        operations.approve_transfer(payment=payment, amount=19900, by=ben, reason="trust me")
    assert state_of(payment) == "placed"


def test_nobody_says_in_place_of_a_provider_that_money_came(begin, ben, sell, eli):
    _, payment = begin(ben, sell())
    with pytest.raises(NotByHand):
        operations.approve_transfer(payment=payment, amount=19900, by=eli, reason="it surely did")


@pytest.fixture
def desk(rf):
    def at(by, **posted):
        request = rf.post("/desk/", posted) if posted else rf.get("/desk/")
        request.user, request.session = by, {}
        request._messages = CookieStorage(request)
        return request

    return at


def test_the_desk_takes_it_in(waiting, eli, desk):
    _, payment = waiting
    page = PaymentAdmin(Payment, site)
    assert "Put it on record" in page.decision_page(desk(eli), payment.pk).render().content.decode()
    page.decision_page(desk(eli, amount="199.00", reason="statement 12"), payment.pk)
    assert state_of(payment) == "paid"
    with pytest.raises(Http404):
        page.decision_page(desk(eli), payment.pk)


@pytest.mark.leak
def test_a_moderator_has_no_such_page(waiting, desk, member):
    _, payment = waiting
    with pytest.raises(PermissionDenied):
        PaymentAdmin(Payment, site).decision_page(desk(member("Dora", is_staff=True)), payment.pk)


def test_there_is_no_door_for_messages(waiting, client):
    assert client.post("/pay/transfer/webhook/", b"{}", content_type="application/json").status_code == 503
