"""The desk: who sees it, and that every act there leaves a note."""

import re
from pathlib import Path

import pytest
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Permission
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.audit.models import AuditEntry
from payments import admin, operations, queries
from payments.enums import MoveCause
from payments.forms import StaffRefundForm
from payments.models import Entitlement, Order, Product, Refund, WebhookEvent

pytestmark = pytest.mark.django_db

DESKS = {
    Product: admin.ProductAdmin,
    Order: admin.OrderAdmin,
    Refund: admin.RefundAdmin,
    Entitlement: admin.EntitlementAdmin,
    WebhookEvent: admin.WebhookEventAdmin,
}


@pytest.fixture
def dora(member):
    """She moderates: staff, with rights over posts and none over money."""
    dora = member("Dora", is_staff=True)
    dora.user_permissions.set(Permission.objects.exclude(content_type__app_label__in=["payments", "ledger"]))
    return dora


@pytest.fixture
def desk(rf):
    def at(model, by, **posted):
        request = rf.post("/desk/", posted) if posted else rf.get("/desk/")
        request.user, request.session = by, {}
        request._messages = CookieStorage(request)
        return DESKS[model](model, AdminSite()), request

    return at


def notes():
    return list(AuditEntry.objects.order_by("pk").values_list("act", "actor_id", "reason"))


@pytest.mark.leak
@pytest.mark.parametrize("model", DESKS)
def test_a_moderator_sees_none_of_it_and_the_owner_does(eli, dora, desk, model):
    seen = [desk(model, by)[0].has_view_permission(desk(model, by)[1]) for by in (eli, dora)]
    assert seen == [True, False]


@pytest.mark.leak
def test_a_moderator_gives_no_money_back(dora, ben, sell, bought, desk):
    order, _ = bought(ben, sell())
    page, request = desk(Order, dora, amount="199", reason="friends")
    with pytest.raises(PermissionDenied):
        page.refund(request, order.pk)
    assert Refund.objects.count() == 0


def test_the_desk_writes_amounts_out(ben, sell, bought):
    order, payment = bought(ben, sell())
    place = admin.OrderAdmin(Order, AdminSite())
    assert (place.total(order), place.back(order)) == ("¥199.00", "¥0.00")
    assert [name for name in place.fields if name.endswith("_minor")] == []
    lines, payments = (inline(Order, AdminSite()) for inline in place.inlines[:2])
    [line] = order.lines.all()
    assert [getattr(lines, name)(line) for name in ("price", "off", "amount", "back")] == [
        "¥199.00",
        "¥0.00",
        "¥199.00",
        "¥0.00",
    ]
    assert [getattr(payments, name)(payment) for name in ("amount", "taken", "back", "fee")] == [
        "¥199.00",
        "¥199.00",
        "¥0.00",
        "¥1.19",
    ]
    payment.captured_currency = ""
    assert payments.taken(payment) == ""


def test_the_desk_tells_the_history_in_words(ben, sell, bought):
    order, _payment = bought(ben, sell())
    history = admin.orders.History(Order, AdminSite())
    told = [(history.was(move), history.became(move)) for move in order.history.order_by("pk")]
    assert told == [
        ("", "waiting for payment"),
        ("about to begin", "at the provider"),
        ("at the provider", "paid"),
        ("waiting for payment", "paid"),
    ]
    assert [history.why(move) for move in order.history.order_by("pk")] == [
        "ordered",
        "the provider's answer",
        "message “payment” of the provider",
        "message “payment” of the provider",
    ]


def test_every_cause_that_the_code_writes_has_words():
    written = re.compile(r"cause=\"(\w+)\"")
    rooms = Path(admin.orders.__file__).parents[1]
    found = {cause for file in (rooms / "operations").glob("*.py") for cause in written.findall(file.read_text())}
    assert len(found) >= 9
    assert found <= set(MoveCause.values)


def test_money_that_went_back_says_why(eli, ben, sell, bought):
    order, _payment = bought(ben, sell())
    operations.refund_as_staff(order=order, by=eli, amount=order.total_minor, reason="Asked by telephone.")
    history = admin.orders.History(Order, AdminSite())
    assert history.why(order.history.order_by("pk").last()) == "given by the school"


def test_a_refund_needs_a_reason_and_is_on_record(eli, ben, sell, bought, desk):
    order, _ = bought(ben, sell())
    page, request = desk(Order, eli, amount="199", reason="")
    page.admin_site.name = "admin"
    assert page.refund(request, order.pk).status_code == 200
    before = notes()
    form = StaffRefundForm({"amount": "50.00", "reason": "kindness"}, order=order)
    assert form.is_valid()
    operations.refund_as_staff(order=order, by=eli, **form.cleaned_data)
    assert notes()[len(before) :] == [("payments.refund", eli.pk, "kindness")]
    assert [refund.amount_minor for refund in Refund.objects.all()] == [5000]


def test_more_than_is_left_is_not_taken_from_the_form(ben, sell, bought):
    order, _ = bought(ben, sell())
    form = StaffRefundForm({"amount": "199.01", "reason": "kindness"}, order=order)
    assert form.errors == {"amount": ["That is more than is left of this order."]}


def test_only_a_paid_order_has_a_refund(eli, ben, sell, begin, desk):
    order, _ = begin(ben, sell())
    page, request = desk(Order, eli)
    with pytest.raises(Http404):
        page.refund(request, order.pk)


def test_a_price_is_changed_on_record(eli, sell, desk):
    product = sell()
    page, request = desk(Product, eli)
    product.price_minor = 9900
    page.save_model(request, product, None, change=True)
    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.act, entry.actor_id, entry.before["price_minor"], entry.after["price_minor"]) == (
        "payments.set_price", eli.pk, 19900, 9900,
    )  # fmt: skip


def test_access_is_given_and_taken_back_on_record(eli, ben, sell, desk, fulfilled):
    product = sell()
    page, request = desk(Entitlement, eli)
    page.save_model(request, Entitlement(user=ben, product=product, reason="won the prize"), None, change=False)
    [reason] = queries.why(ben, "course:42")
    assert (reason.cause, reason.order_url) == ("staff", "")
    page.take_back(request, Entitlement.objects.all())
    assert queries.why(ben, "course:42") == []
    assert [note[0] for note in notes()][-2:] == ["payments.grant", "payments.end_entitlement"]
    assert [told[0] for told in fulfilled.told] == ["granted", "ended"]


def test_what_was_bought_is_not_taken_back_here(eli, ben, sell, bought, desk):
    bought(ben, sell())
    page, request = desk(Entitlement, eli)
    page.take_back(request, Entitlement.objects.all())
    [reason] = queries.why(ben, "course:42")
    assert reason.cause == "purchase"


def test_history_stays(ben, sell, bought):
    from django.db import DatabaseError, transaction

    order, _ = bought(ben, sell())
    for change in (lambda rows: rows.update(after="paid"), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(order.history.all())
