"""Every paid thing says, to whoever may open it, why: where that comes from and until when; and to nobody else."""

import re

import pytest
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.timezone import localtime

from payments import operations
from payments.models import Entitlement, Gift, Tier
from payments.providers import Status

pytestmark = pytest.mark.django_db

QUESTION = "Why can I see this?"


@pytest.fixture
def reasons(enter, client_class):
    """The reasons on a page, as somebody reads them; none where the page does not ask the question."""

    def on(address, who=None):
        page = (enter(who) if who else client_class(headers={"accept-language": "en"})).get(address)
        assert page.status_code == 200
        found = re.search(rf"<summary>{re.escape(QUESTION)}</summary><ul[^>]*>(.*?)</ul>", page.content.decode())
        return [_plain(one) for one in found[1].split("</li>") if one] if found else []

    return on


def _plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def day(moment):
    return date_format(localtime(moment), "DATE_FORMAT")


class TestABundle:
    @pytest.fixture
    def bundle(self, sell, ada):
        books = [sell("book:1", 9900), sell("book:2", 9900, title="Tea")]
        return operations.set_bundle(slug="both", title="Both", products=books, amount=15000, by=ada)

    def pay_for(self, buyer, product, till):
        _, payment = operations.check_out(buyer=buyer, product_ids=[product.pk], provider="till")
        seen = till.happens(payment.provider_id, Status.PAID)
        operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)

    def test_says_it_of_each_part_that_one_has(self, bundle, ben, till, reasons, fulfilled):
        self.pay_for(ben, bundle, till)
        [first, second] = Entitlement.objects.order_by("pk")
        assert reasons("/bundles/both/", ben) == [
            f"bought in a bundle · since {day(one.starts_at)}, without end · the order" for one in (first, second)
        ]

    def test_says_nothing_to_others(self, bundle, ben, cleo, till, reasons, fulfilled):
        self.pay_for(ben, bundle, till)
        assert (reasons("/bundles/both/", cleo), reasons("/bundles/both/")) == ([], [])


class TestAGift:
    def test_says_it_to_whoever_took_it_and_not_to_the_giver(self, ben, cleo, sell, till, reasons, fulfilled):
        order, payment = operations.check_out(
            buyer=ben, product_ids=[sell().pk], provider="till", gift=operations.GiftWish()
        )
        seen = till.happens(payment.provider_id, Status.PAID)
        operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        gift = Gift.objects.get(order=order)
        assert reasons(f"/gifts/{gift.token}/", cleo) == []
        operations.claim_gift(gift=gift, by=cleo)
        held = Entitlement.objects.get(user=cleo)
        assert reasons(f"/gifts/{gift.token}/", cleo) == [f"A gift from Ben · since {day(held.starts_at)}, without end"]
        assert reasons(f"/gifts/{gift.token}/", ben) == []


class TestAMembership:
    def test_says_from_when_until_when_and_by_what(self, ada, ben, cleo, reasons):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader", trial_days=7)
        operations.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
        operations.start_trial(tier=tier, user=ben)
        held = Entitlement.objects.get()
        [reason] = reasons("/membership/", ben)
        assert reason.endswith(f"· from {day(held.starts_at)} until {day(held.ends_at)}")
        assert reasons("/membership/", cleo) == []


class TestByAnAudience:
    def read(self, rf, who, keys):
        request = rf.get("/")
        request.user = who
        page = Template("{% load why_among from payments %}{% why_among keys=keys %}")
        return QUESTION in page.render(Context({"request": request, "keys": keys}))

    @pytest.mark.parametrize(
        ("keys", "is_said"),
        [(["course:42", "staff"], True), (["course:7", "staff"], False), (["course:42", "members"], False), (["public", "course:42"], False), ([], False)],
    )  # fmt: skip
    def test_what_is_open_anyway_needs_no_reason(self, rf, ben, sell, bought, keys, is_said):
        bought(ben, sell())
        assert self.read(rf, ben, keys) is is_said
