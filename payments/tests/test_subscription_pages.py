"""What a member sees of a membership that renews by itself: at the checkout and on the membership page."""

import pytest

from payments import operations, providers
from payments.models import Order, Payment, Subscription, Tier
from payments.operations import renewing
from payments.providers import Status
from payments.tests.renewing import Kiosk

pytestmark = pytest.mark.django_db


@pytest.fixture
def kiosk(till):
    made = Kiosk()
    providers.register(made)
    return made


@pytest.fixture
def plan(ada):
    def made(period="month", amount=3900):
        tier, _ = Tier.objects.get_or_create(slug="reader", name_zh="读者", name_en="Reader")
        return operations.set_plan(tier=tier, period=period, amount=amount, currency="CNY", by=ada)

    return made


@pytest.fixture
def subscribed(kiosk, plan):
    def subscribe(buyer):
        _, payment = operations.check_out(buyer=buyer, product_ids=[plan().pk], provider="kiosk", is_recurring=True)
        seen = kiosk.subscribe(payment.provider_id)
        operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        return Subscription.objects.get(payments=payment)

    return subscribe


def text(answer):
    return " ".join(answer.content.decode().split())


class TestTheCheckout:
    def test_price_period_and_how_to_stop_it_stand_beside_the_choice(self, ben, enter, kiosk, plan):
        page = text(enter(ben).get(plan("quarter", 9900).get_absolute_url()))
        assert "Kiosk · renews by itself" in page
        assert "¥99 for a quarter, taken from the same card each time the paid time is over, until you stop it." in page
        assert "One button on the membership page stops it" in page

    def test_it_is_never_chosen_beforehand(self, ben, enter, kiosk, plan):
        page = text(enter(ben).get(plan().get_absolute_url()))
        assert ('value="till" checked' in page, 'value="kiosk-renewing" checked' in page) == (True, False)

    @pytest.mark.parametrize(("way", "is_recurring"), [("kiosk", False), ("kiosk-renewing", True)])
    def test_what_was_chosen_is_asked_for(self, ben, enter, kiosk, plan, way, is_recurring):
        answer = enter(ben).post(plan().get_absolute_url(), {"way": way, "act": "pay"})
        assert (answer.status_code, Payment.objects.get().is_recurring) == (303, is_recurring)
        assert answer.url.startswith("https://kiosk.example/")

    def test_only_for_what_can_be_renewed_and_by_whom_it_can(self, ben, enter, kiosk, plan, sell):
        client = enter(ben)
        for address in (
            plan("lifetime", 99900).get_absolute_url(),
            sell().get_absolute_url(),
            f"{plan().get_absolute_url()}?gift=1",
        ):
            assert "renews by itself" not in text(client.get(address))
        answer = client.post(plan().get_absolute_url(), {"way": "till-renewing", "act": "pay"})
        assert (answer.status_code, Payment.objects.count()) == (200, 0)

    def test_where_nobody_can_renew_nothing_is_said_of_it(self, ben, enter, plan):
        client = enter(ben)
        page = text(client.get(plan().get_absolute_url()))
        assert ("ends by itself, nothing to cancel" in page, "renews by itself" in page) == (True, False)
        assert "nothing is taken from you twice" in text(client.get("/membership/"))


class TestTheRefund:
    def test_before_the_button_it_is_said_that_nothing_is_taken_again(self, ben, enter, subscribed, kiosk):
        one = subscribed(ben)
        words = "The membership is not renewed any more, and nothing is taken from your card again."

        def says_so():
            return [words in text(enter(ben).get(f"{order.get_absolute_url()}refund/")) for order in orders_of(ben)]

        assert says_so() == [True]
        renewing.hear(provider=kiosk, notice=kiosk.renew(one.provider_id))
        # Only the money of the last period ends it.
        assert says_so() == [False, True]

    def test_where_nothing_renews_nothing_is_said_of_it(self, ben, enter, plan, told, begin):
        order, payment = begin(ben, plan())
        told(payment, Status.PAID)
        assert "not renewed any more" not in text(enter(ben).get(f"{order.get_absolute_url()}refund/"))


def orders_of(user):
    return Order.objects.filter(buyer=user, state="paid").order_by("pk")


class TestTheMembership:
    def test_one_button_stops_it_and_one_lets_it_go_on(self, ben, enter, subscribed):
        subscription, client = subscribed(ben), enter(ben)
        page = text(client.get("/membership/"))
        assert ("Renews by itself on" in page, "for ¥39." in page, "/checkout/" in page) == (True, True, False)
        page = text(client.post(f"/membership/renewal/{subscription.pk}/stop/", follow=True))
        assert ("then it ends, and nothing more is taken" in page, "Let it renew by itself again" in page) == (
            True,
            True,
        )
        page = text(client.post(f"/membership/renewal/{subscription.pk}/resume/", follow=True))
        assert ("Renews by itself on" in page, "Stop renewing" in page) == (True, True)

    def test_what_is_owed_leads_to_where_it_is_paid(self, ben, enter, subscribed, kiosk):
        subscription = subscribed(ben)
        renewing.hear(provider=kiosk, notice=kiosk.fail(subscription.provider_id))
        page = text(enter(ben).get("/membership/"))
        assert "The renewal of ¥39 could not be taken from your card." in page
        assert f'href="{Subscription.objects.get().pay_url}"' in page

    def test_after_its_end_it_is_not_woken(self, ben, enter, subscribed, kiosk):
        subscription = subscribed(ben)
        renewing.hear(provider=kiosk, notice=kiosk.end(subscription.provider_id))
        page = text(enter(ben).post(f"/membership/renewal/{subscription.pk}/resume/", follow=True))
        assert "It has ended meanwhile" in page

    @pytest.mark.parametrize("act", ["stop", "resume"])
    def test_nobody_else_finds_it(self, ben, cleo, enter, subscribed, client, act):
        address = f"/membership/renewal/{subscribed(ben).pk}/{act}/"
        assert enter(cleo).post(address).status_code == 404
        assert enter(ben).get(address).status_code == 405
        assert client.post(address).status_code == 302
        assert Subscription.objects.get().cancelled_at is None
