"""The shop, as a buyer lives it: a code that counts, and one button that gives the money back."""

import pytest
from playwright.sync_api import expect

from payments.models import Entitlement, Order
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
    member.presses("Count it in")
    member.sees("There is no such code. Look whether it was typed as it stands.")
    expect(member.page.locator("input[name=code]")).to_have_value("half-the-prize")
    member.writes("Coupon code", f"half-{language}")
    member.presses("Count it in")
    member.presses("Pay %(amount)s", amount="¥99.50")
    member.approves()
    member.sees("You are in")
    order = Order.objects.get(buyer=buyer)
    member.opens(f"{order.get_absolute_url()}refund/")
    member.sees("What happens when you press the button:")
    member.presses("Give me back %(amount)s", amount="¥99.50")
    member.sees("Given back")
    assert Entitlement.objects.live().filter(user=buyer).count() == 0
