"""What must be true after every purchase, whoever has died meanwhile."""

from drills.starting.places import need


def agree(buyers, amount):
    """Each buyer holds what they have paid for and no more; the provider's list and ``ledger_verify`` say the same."""
    from django.utils import timezone

    from payments.operations import reconcile

    for buyer, gave_back in buyers:
        _stands_right(buyer, given_back=amount if gave_back else 0)
    need(reconcile(provider="sandbox", day=timezone.now().date()) == 0, "the provider's list says otherwise")
    wrong = violations()
    need(not wrong, f"ledger_verify: {'; '.join(wrong)}")


def _stands_right(buyer, *, given_back):
    from payments.models import Entitlement, Order, Payment

    held = Entitlement.objects.live().filter(user=buyer).count()
    need(held == (0 if given_back else 1), f"{buyer.name} holds {held} courses")
    paid = Payment.objects.filter(order__buyer=buyer, captured_minor__gt=0)
    need(paid.count() == 1, f"{buyer.name} paid {paid.count()} times")
    need(paid[0].refunded_minor == given_back, f"{buyer.name} got {paid[0].refunded_minor} back")
    need(Order.objects.filter(buyer=buyer, paid_at__isnull=False).count() == 1, f"{buyer.name} has another order")


def control():
    """A sale that somebody forgot must be noticed, or the checks above see nothing."""
    from payments.models import Entitlement

    kept = Entitlement.objects.live().first()
    Entitlement.objects.filter(pk=kept.pk).update(line=None)
    need(violations(), "a paid line that opened nothing was not noticed")
    Entitlement.objects.filter(pk=kept.pk).update(line=kept.line_id)
    need(not violations(), "the control left something behind")


def violations():
    from ledger.verification import verify

    return [line for _, finding in verify() for line in finding.violations]


def holds(buyer):
    from payments.models import Entitlement

    return Entitlement.objects.live().filter(user=buyer).exists()


def is_due(buyer):
    from payments.models import Refund

    return Refund.objects.filter(payment__order__buyer=buyer).exclude(state="done").exists()
