"""What goes wrong on the way: each ends on a page that says what happened, what was kept and what to do next."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.utils import timezone
from playwright.sync_api import expect

import forum.operations
from payments.models import Entitlement, Gift, Order, Payment, Product

from . import story
from .world import OPEN

pytestmark = pytest.mark.journey

GONE = (
    "This gift is not there any more: its time was over, or it was taken back. "
    "What was paid for it goes back to whoever sent you the link; ask them, perhaps they give it anew."
)


@pytest.fixture
def course(world):
    return world.courses["en"][1]


@pytest.fixture
def product(course):
    return Product.objects.get(subject=course.key)


@pytest.fixture
def robin(world):
    """A member who owns nothing yet."""
    import accounts.operations
    from accounts.models import User

    made = story.Robin()
    user = User(name=made.name, email=made.address, language="en", languages_read=["en"])
    user.set_password(story.PASSWORD)
    accounts.operations.join(user=user, is_verified=True)
    return made


class TestPaying:
    def test_a_declined_payment_keeps_all_that_was_typed_and_offers_the_next_step(self, visitor, product, robin):
        giver = visitor()
        giver.becomes(robin.user)
        giver.opens(f"{product.get_absolute_url()}?gift=1")
        giver.writes("For whom", "Aunt Ida")
        giver.writes("What you want to say", "For the long evenings.")
        giver.presses_pay()
        giver.approves("decline")
        giver.presses_what_is_called("Go back without paying")
        giver.sees("The payment was declined")
        giver.sees(
            "Nothing was taken, and your order is kept. Try again, perhaps with another card, or ask your bank what was wrong."
        )
        giver.presses("Pay in another way")
        expect(giver.field("For whom")).to_have_value("Aunt Ida")
        expect(giver.field("What you want to say")).to_have_value("For the long evenings.")
        giver.presses_pay()
        giver.approves()
        giver.sees("Your gift is ready")
        [order] = Order.objects.filter(buyer=robin.user)
        assert (order.gift.recipient, order.gift.message, order.total_minor) == (
            "Aunt Ida", "For the long evenings.", product.price_minor,
        )  # fmt: skip

    def test_a_double_click_on_pay_makes_one_order_and_one_payment(self, visitor, course, product, robin):
        buyer = visitor()
        buyer.becomes(robin.user)
        buyer.opens(product.get_absolute_url())
        buyer.page.locator("main form.form button[value=pay]").dblclick()
        buyer.approves()
        buyer.sees("You are in")
        counts = [model.objects.filter(**{path: robin.user}).count() for model, path in (
            (Order, "buyer"), (Payment, "order__buyer"), (Entitlement, "user"),
        )]  # fmt: skip
        assert counts == [1, 1, 1]
        buyer.opens(product.get_absolute_url())
        buyer.sees("This is yours already; there is nothing to pay.")


class TestOldLinks:
    def test_of_a_verification(self, visitor, robin):
        guest = visitor()
        EmailAddress.objects.filter(user=robin.user).update(verified=False)
        with time_machine.travel(timezone.now() - timedelta(days=4)):
            key = EmailConfirmationHMAC(EmailAddress.objects.get(user=robin.user)).key
        guest.opens(f"/account/confirm-email/{key}/")
        guest.sees("This link is no longer good")
        guest.presses("Log in", within=guest.page.locator("main"))
        guest.writes("Email address", robin.address)
        guest.writes("Password", story.PASSWORD)
        guest.presses("Log in", within=guest.page.locator("main"))
        guest.sees("Look into your mailbox")
        letter = guest.finds_mail(to=robin.address, about="/account/confirm-email/")
        guest.hands.press(letter.get_by_role("link").first)
        guest.presses("Yes, verify it")
        guest.page.wait_for_url(lambda url: "/account/confirm" not in url)
        assert EmailAddress.objects.get(user=robin.user).verified

    def test_of_a_new_password(self, visitor, robin):
        guest = visitor()
        with time_machine.travel(timezone.now() - timedelta(hours=2)):
            key = default_token_generator.make_token(robin.user)
        guest.opens(f"/account/password/reset/key/{user_pk_to_url_str(robin.user)}-{key}/")
        guest.sees("This link is no longer good")
        guest.presses("Send a new link")
        guest.writes("Email address", robin.address)
        guest.presses("Send the link")
        letter = guest.finds_mail(to=robin.address, about="/account/password/reset/key/")
        guest.hands.press(letter.get_by_role("link").first)
        for label in ("New password", "New password again"):
            guest.writes(label, "another lantern by the river")
        guest.presses("Save the new password")
        guest.sees("Your new password is saved")
        assert robin.user.check_password("another lantern by the river")

    def test_of_a_gift(self, visitor, product, robin):
        giver, guest = visitor(), visitor()
        gift = self.buys(giver, product, by=robin.user)
        Gift.objects.filter(pk=gift.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
        guest.opens(f"/gifts/{gift.token}/")
        guest.sees(GONE)
        guest.presses("See the courses")
        assert guest.path() == "/courses/"

    def buys(self, giver, product, *, by):
        giver.becomes(by)
        giver.opens(f"{product.get_absolute_url()}?gift=1")
        giver.presses_pay()
        giver.approves()
        giver.sees("Your gift is ready")
        return Gift.objects.get(order__buyer=by)


class TestASessionThatIsOver:
    """Its page is still open: whoever presses something there logs in on a page of its own, and is back where they were."""

    def logs_in(self, member, robin):
        member.page.wait_for_url("**/account/login/**")
        member.writes("Email address", robin.address)
        member.writes("Password", story.PASSWORD)
        member.presses("Log in", within=member.page.locator("main"))

    @pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
    def test_sending_a_card_away(self, visitor, robin, scripts):
        member = visitor(scripts=scripts)
        member.becomes(robin.user)
        member.opens("/")
        member.page.context.clear_cookies(name="sessionid")
        member.presses("Not interested", within=self.menu_of_a_card(member))
        self.logs_in(member, robin)
        member.page.wait_for_url(lambda url: "/account/" not in url)
        assert member.path() == "/"
        expect(member.page.locator("article.feed-card")).to_have_count(10)

    def menu_of_a_card(self, member):
        card = member.page.locator("article.feed-card").first
        card.locator("summary").click()
        return card


class TestALostSocket:
    def test_nothing_is_lost_and_nothing_comes_twice(self, site, visitor, world):
        people = world.people
        thread = forum.operations.start_thread(
            by=people["ben"], title="Who is awake?", source="The lamp burns.", audience=OPEN
        )
        forum.operations.reply(by=people["ada"], thread=thread, source="Before the storm.")
        reader = visitor()
        reader.forgives("WebSocket connection to")
        reader.becomes(people["cleo"])
        reader.opens(thread.get_absolute_url())
        reader.page.wait_for_selector("html[data-live]")
        reader.field("Your reply").fill("I was writing this")
        site.kill("live")
        reader.page.wait_for_selector("html:not([data-live])")
        reader.sees("Live updates are off")
        for words in ("In the dark.", "Still dark."):
            forum.operations.reply(by=people["ben"], thread=thread, source=words)
        site.revive("live")
        # The page tries again after growing pauses.
        reader.page.wait_for_selector("html[data-live]", timeout=60_000)
        forum.operations.reply(by=people["ada"], thread=thread, source="The light is back.")
        said = ["Before the storm.", "In the dark.", "Still dark.", "The light is back."]
        expect(reader.page.locator("#posts .post .prose")).to_have_text(said)
        expect(reader.field("Your reply")).to_have_value("I was writing this")
        reader.page.reload()
        expect(reader.page.locator("#posts .post .prose")).to_have_text(said)
