"""The shop, as a buyer lives it: a code that counts, and one button that gives the money back."""

import pytest
from playwright.sync_api import expect

from payments.models import Entitlement, Gift, Order
from payments.operations import make_coupon, share_code

pytestmark = pytest.mark.journey


@pytest.fixture(params=["en", "zh-hans"])
def language(request):
    """Each of these journeys is walked in both languages."""
    return request.param


def begins_to_buy(member, buyer, product):
    member.opens("/")
    member.becomes(buyer)
    member.opens(product.get_absolute_url())


def test_a_code_counts_and_one_button_gives_the_money_back(world, visitor, buyer, product, language):
    coupon = make_coupon(by=product.creator, creator=product.creator, name="Friends", percent=50)
    share_code(coupon=coupon, code=f"HALF-{language}")
    member = visitor()
    begins_to_buy(member, buyer, product)
    member.page.locator("summary").filter(has_text=member.say("I have a coupon code")).click()
    member.writes("Coupon code", "half-the-prize")
    member.presses("Apply")
    member.sees("There is no such code. Look whether it was typed as it stands.")
    expect(member.page.locator("input[name=code]")).to_have_value("half-the-prize")
    member.writes("Coupon code", f"half-{language}")
    member.presses("Apply")
    member.presses("Pay %(amount)s", amount="¥99.50")
    member.approves()
    member.sees("You are in")
    order = Order.objects.get(buyer=buyer)
    member.opens(f"{order.get_absolute_url()}refund/")
    member.sees("What happens when you press the button:")
    member.presses("Give me back %(amount)s", amount="¥99.50")
    member.sees("Given back")
    assert Entitlement.objects.live().filter(user=buyer).count() == 0


def test_a_declined_card_keeps_everything_that_was_typed(world, visitor, buyer, product, language):
    coupon = make_coupon(by=product.creator, creator=product.creator, name="Kept", percent=10)
    code = f"KEPT-{language.upper()}"
    share_code(coupon=coupon, code=code)
    member = visitor(width=390)
    begins_to_buy(member, buyer, product)
    member.opens(f"{product.get_absolute_url()}?gift=1")
    member.writes("For whom", "Robin", context="gift")
    member.writes("What you want to say", "For the long evenings.\nWith tea.")
    member.page.locator("summary").filter(has_text=member.say("I have a coupon code")).click()
    member.writes("Coupon code", code.lower())
    member.page.locator("input[name=way][value=sandbox]").check()
    member.presses("Apply")
    member.presses("Pay %(amount)s", amount="¥179.10")
    member.approves("decline")
    member.page.locator(".leave a").click()
    member.sees_arrive(lambda: member.page.get_by_role("heading", name=member.say("The payment was declined")))
    member.presses("Pay in another way")

    expect(member.field("For whom", context="gift")).to_have_value("Robin")
    expect(member.field("What you want to say")).to_have_value("For the long evenings.\nWith tea.")
    expect(member.page.locator("input[name=code]")).to_have_value(code)
    expect(member.page.locator("input[name=way][value=sandbox]")).to_be_checked()
    member.presses("Pay %(amount)s", amount="¥179.10")
    member.approves()
    # Messages may take their time where a worker is busy; each look at the page asks the provider.
    member.looks_again_until(member.page.get_by_text(member.say("Your gift is ready")).is_visible, seconds=60)
    gift = Gift.objects.get(order__buyer=buyer)
    assert (gift.recipient, gift.message.splitlines()) == ("Robin", ["For the long evenings.", "With tea."])
    assert Order.objects.get(buyer=buyer).total_minor == 17910
