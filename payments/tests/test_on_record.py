"""Whatever somebody does with the school's money and doors is on record, under their name."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import RequestFactory
from django.utils import timezone

from core.audit import acts
from core.audit.models import AuditEntry
from payments import operations
from payments.models import Discrepancy, InvoiceRequest, Payment, Refund, Tier
from payments.providers import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(ada, ben, cleo, eli, member, sell, bought, till, clock, settings):
    """A school at which everything waits that somebody may decide on."""
    settings.TRANSFER_ACCOUNT = "Lantern School | 1234 5678 | Play Bank"
    sold, _ = bought(ben, sell("course:1", 90000))
    bought(cleo, sell("course:1", 90000))
    gus = member("Gus")
    bought(ben, sell("course:2", 90000, creator=gus))
    invoiced = [bought(who, sell("course:3", 5000))[0] for who in (ben, cleo)]
    for order in invoiced:
        operations.ask_for_invoice(order=order, by=order.buyer, kind="person", title="Somebody")
    for teacher in (ada, gus):
        operations.set_payee(user=teacher, way="bank", name=teacher.name, number="6222020000001234", bank="Play Bank")
    clock.shift(timedelta(days=15))
    for who in (ben, cleo):
        operations.check_out(buyer=who, product_ids=[sell("course:4", 7000).pk], provider="transfer")
    tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    return SimpleNamespace(
        ada=ada, ben=ben, gus=gus, eli=eli, sell=sell, bought=bought, till=till, sold=sold, tier=tier
    )


def grants(house):
    return operations.grant(user=house.ben, key="tier:reader", cause="staff", by=house.eli, reason="a guest")


def rules(house):
    now = timezone.now()
    return operations.set_rule(
        label_zh="新", label_en="New", percent=10, starts_at=now, ends_at=now + timedelta(days=1), by=house.eli
    )


def coupon(house):
    return operations.make_coupon(by=house.eli, name="Spring", percent=20)


def waiting(house, number):
    return Payment.objects.filter(provider="transfer").order_by("pk")[number]


def asked_of(house, creator):
    return operations.ask_for_payout(creator=creator, amount=10000, currency="CNY")


def approved(house, creator):
    return operations.approve_payout(payout=asked_of(house, creator), by=house.eli)


def gathered(house, creator):
    [batch] = operations.gather_payouts(payouts=[approved(house, creator)], by=house.eli)
    return batch


def refused_refund(house):
    house.till.refuses_refunds = True
    order, _ = house.bought(house.ben, house.sell("course:6", 4000))
    refund = operations.request_refund(order=order, by=house.ben)
    operations.send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    return refund


def refund_by_hand(house):
    operations.approve_transfer(payment=waiting(house, 1), amount=1, by=house.eli, reason="too little")
    return Refund.objects.get(payment=waiting(house, 1))


def different(house):
    _, payment = house.bought(house.ben, house.sell("course:7", 3000))
    house.till.happens(payment.provider_id, Status.OPEN)
    operations.reconcile(provider="till", day=timezone.now().date())
    return Discrepancy.objects.get(payment=payment)


def priced(house):
    return operations.set_price(
        kind="book", subject="course:1", title="Coffee", amount=80000, currency="CNY", creator=house.ada, by=house.eli
    )


def held(house):
    return operations.hold_payout(payout=asked_of(house, house.gus), by=house.eli, reason="the name")


def paid(house):
    return operations.mark_paid(payout=approved(house, house.gus), by=house.eli, number="1")


ACTS = {
    "payments.grant": grants,
    "payments.end_entitlement": lambda h: operations.end_entitlement(entitlement=grants(h), cause="staff", by=h.eli, reason="a mistake"),
    "payments.set_price": priced,
    "payments.withdraw": lambda h: operations.withdraw(subject="course:1", by=h.eli),
    "payments.set_rule": rules,
    "payments.end_rule": lambda h: operations.end_rule(rule=rules(h), by=h.eli),
    "payments.include": lambda h: operations.include(tier=h.tier, product=h.sell("course:1", 90000), by=h.eli),
    "payments.exclude": lambda h: (
        operations.include(tier=h.tier, product=h.sell("course:1", 90000), by=h.eli),
        operations.exclude(tier=h.tier, product=h.sell("course:1", 90000), by=h.eli),
    ),
    "payments.close_tier": lambda h: operations.close_tier(tier=h.tier, by=h.eli),
    "payments.coupon": coupon,
    "payments.coupon_codes": lambda h: operations.make_codes(coupon=coupon(h), count=2, by=h.eli),
    "payments.end_coupon": lambda h: operations.end_coupon(coupon=coupon(h), by=h.eli),
    "payments.approve_transfer": lambda h: operations.approve_transfer(payment=waiting(h, 0), amount=7000, by=h.eli, reason="it came"),
    "payments.decline_transfer": lambda h: operations.decline_transfer(payment=waiting(h, 0), by=h.eli, reason="nothing came"),
    "payments.refund": lambda h: operations.refund_as_staff(order=h.sold, amount=100, by=h.eli, reason="kindness"),
    "payments.settle_refund": lambda h: operations.settle_by_hand(refund=refund_by_hand(h), by=h.eli),
    "payments.retry_refund": lambda h: operations.retry_refund(refund=refused_refund(h), by=h.eli),
    "payments.invoice": lambda h: operations.note_invoice(request=InvoiceRequest.objects.earliest("pk"), number="1", by=h.eli),
    "payments.refuse_invoice": lambda h: operations.refuse_invoice(request=InvoiceRequest.objects.latest("pk"), reason="a name", by=h.eli),
    "payments.set_payee": lambda h: operations.set_payee(user=h.eli, way="alipay", name="Eli", number="13800000000"),
    "payments.approve_payout": lambda h: approved(h, h.gus),
    "payments.hold_payout": held,
    "payments.release_payout": lambda h: operations.release_payout(payout=held(h), by=h.eli),
    "payments.pay_payout": paid,
    "payments.cancel_payout": lambda h: operations.cancel_payout(payout=asked_of(h, h.gus), by=h.eli, reason="no account"),
    "payments.return_payout": lambda h: operations.return_payout(payout=paid(h), by=h.eli, reason="no account"),
    "payments.make_batch": lambda h: gathered(h, h.gus),
    "payments.batch_file": lambda h: operations.note_file(batch=gathered(h, h.gus), by=h.eli),
    "payments.pay_batch": lambda h: operations.pay_batch(batch=gathered(h, h.gus), by=h.eli, number="1"),
    "payments.dissolve_batch": lambda h: operations.dissolve_batch(batch=gathered(h, h.gus), by=h.eli),
    "payments.settle_discrepancy": lambda h: operations.settle_discrepancy(discrepancy=different(h), by=h.eli),
}  # fmt: skip


def test_every_act_of_this_room_is_tried_here():
    assert {code for code in acts.named() if code.startswith("payments.")} == set(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_it_is_noted_once_under_the_name_of_whoever_did_it(house, act):
    before = AuditEntry.objects.filter(act=act).count()
    ACTS[act](house)
    assert list(AuditEntry.objects.filter(act=act).order_by("pk")[before:].values_list("actor_id", flat=True)) == [
        house.eli.pk
    ]


def test_closing_what_is_closed_is_no_act(house):
    for _ in range(2):
        operations.close_tier(tier=house.tier, by=house.eli)
    assert AuditEntry.objects.filter(act="payments.close_tier").count() == 1


@pytest.mark.leak
@pytest.mark.parametrize(
    "model", [model for model in admin.site._registry if model._meta.app_label in {"payments", "ledger"}]
)
def test_whoever_moderates_sees_no_list_of_money(member, eli, model):
    dora = member("Dora", is_staff=True)
    dora.user_permissions.set(Permission.objects.exclude(content_type__app_label__in=["payments", "ledger"]))
    page, seen = admin.site._registry[model], {}
    for who in (eli, type(dora).objects.get(pk=dora.pk)):
        request = RequestFactory().get("/desk/")
        request.user = who
        seen[who.name] = (page.has_view_permission(request), page.has_module_permission(request))
    assert seen == {"Eli": (True, True), "Dora": (False, False)}
