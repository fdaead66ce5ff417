"""Everything that can be bought, by each way that there is: given away, together, by transfer, by a code to scan, again and again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from forum.models import Board, Group
from forum.operations import open_group, start_thread
from payments.models import Entitlement, Gift, Order, Payment, Product, Subscription
from payments.operations import set_bundle

pytestmark = pytest.mark.journey

COUNTS_DOWN = re.compile(r"^\d\d:\d\d:\d\d$")


@pytest.fixture(params=["en", "zh-hans"])
def language(request):
    """Each of these journeys is walked in both languages."""
    return request.param


@pytest.fixture
def plan(world):
    """The membership by the month, ¥39."""
    return Product.objects.get(subject="tier:reader:month")


def begins_to_buy(member, buyer, address):
    member.opens("/")
    member.becomes(buyer)
    member.opens(address)


def chooses_to_pay_by(member, way):
    member.page.locator(f"input[name=way][value={way}]").check()


def pays(member, amount, *, by="sandbox"):
    chooses_to_pay_by(member, by)
    member.presses("Pay %(amount)s", amount=amount)


def test_a_gift_is_passed_on_by_its_link_and_taken_once(visitor, newcomer, product):
    giver, friend, stranger = visitor(), visitor(), visitor()
    begins_to_buy(giver, newcomer("Giver"), f"{product.get_absolute_url()}?gift=1")
    giver.writes("For whom", "Robin", context="gift")
    giver.writes("What you want to say", "For the long evenings.")
    pays(giver, "¥199")
    giver.approves()
    giver.sees("Your gift is ready")
    link = giver.page.locator("#gift-link").input_value()
    giver.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    giver.presses("Copy the link")
    giver.control(giver.say("Copied")).wait_for()
    assert giver.page.evaluate("navigator.clipboard.readText()") == link

    robin = newcomer("Robin")
    begins_to_buy(friend, robin, link)
    friend.sees_text("For the long evenings.")
    friend.presses("Take the gift")
    friend.sees("It is yours.")
    assert Entitlement.objects.live().filter(user=robin, key=product.subject, cause="gift").count() == 1

    begins_to_buy(stranger, newcomer("Stranger"), link)
    stranger.sees("Somebody has taken this gift already. If that was not meant, ask whoever sent you the link.")
    expect(stranger.page.get_by_role("button", name=stranger.say("Take the gift"))).to_have_count(0)
    giver.page.reload()
    giver.sees("Your gift was taken")
    giver.sees("%(name)s has it now.", name=robin.name)
    assert Gift.objects.filter(claimed_by=robin).count() == 1


def test_a_bundle_opens_all_of_it_for_less(world, visitor, buyer, language):
    courses = [Product.objects.get(subject=course.key) for course in world.courses["en"][:2]]
    set_bundle(
        slug=f"both-{language}",
        title="Both at once",
        products=courses,
        amount=24_900,
        by=world.people["eli"],
        language="en",
    )
    member = visitor(width=390)
    begins_to_buy(member, buyer, f"/bundles/both-{language}/")
    member.presses("Buy it together")
    pays(member, "¥249")
    member.approves()
    member.sees("You are in")
    held = Entitlement.objects.live().filter(user=buyer, cause="bundle").values_list("key", flat=True)
    assert set(held) == {product.subject for product in courses}


def test_a_transfer_opens_when_the_school_has_seen_it(world, visitor, buyer, product):
    member, owner = visitor(), visitor(language="en")
    begins_to_buy(member, buyer, product.get_absolute_url())
    pays(member, "¥199", by="transfer")
    member.sees("Transfer it when it suits you")
    order = Order.objects.get(buyer=buyer)
    member.sees_text(order.reference)

    owner.opens("/")
    owner.enters_as("Owner")
    owner.opens(f"/desk/payments/payment/{order.payments.get().pk}/transfer/")
    owner.writes("Amount that arrived", "199")
    owner.writes("Number or day of the statement, or why not", "12, today")
    owner.presses("Put it on record")
    owner.sees("It is on record.")
    member.sees_arrive(lambda: member.page.get_by_text(member.say("You are in")))
    assert Entitlement.objects.live().filter(user=buyer, key=product.subject).count() == 1


def test_on_a_desk_wechat_shows_a_code_with_its_time(visitor, buyer, product):
    member, phone = visitor(), visitor(width=390)
    begins_to_buy(member, buyer, product.get_absolute_url())
    pays(member, "¥199", by="wechat")
    member.sees("Scan with WeChat")
    expect(member.page.locator("#pay-code img")).to_be_visible()
    left = member.page.locator("#pay-code count-down")
    expect(left).to_have_text(COUNTS_DOWN)
    before = left.inner_text()
    expect(left).not_to_have_text(before)
    # The page looks again every three seconds, and leaves the keyboard where it is.
    other = member.page.get_by_role("link", name=member.say("Pay another way"))
    other.focus()
    with member.page.expect_response(lambda answer: "stands=" in answer.url) as looked_again:
        pass
    assert looked_again.value.status == 204
    expect(other).to_be_focused()
    member.presses("I have paid")
    member.sees("Scan with WeChat")

    phone.opens(Payment.objects.get(order__buyer=buyer).qr)
    phone.approves()
    member.sees_arrive(lambda: member.page.get_by_text(member.say("You are in")))
    assert Payment.objects.get(order__buyer=buyer).state == "paid"


def test_a_membership_is_renewed_by_hand(visitor, buyer, plan):
    member = visitor()
    begins_to_buy(member, buyer, plan.get_absolute_url())
    pays(member, "¥39")
    member.approves()
    member.sees("You are in")
    soon = timezone.now() + timedelta(days=3)
    Entitlement.objects.filter(user=buyer).update(runs_until=soon, ends_at=soon + timedelta(days=7))
    member.opens("/membership/")
    member.presses_part_of(member.say("a month"), within=member.page.locator(".plan-rows"))
    pays(member, "¥39")
    member.approves()
    member.sees("You are in")
    first, second = Entitlement.objects.filter(user=buyer).order_by("pk")
    assert second.starts_at == first.runs_until
    member.opens("/membership/")
    expect(member.page.locator(".plan-rows")).to_have_count(0)


def test_a_membership_that_renews_by_itself_is_stopped_by_one_button(visitor, buyer, plan):
    member = visitor(width=390)
    begins_to_buy(member, buyer, plan.get_absolute_url())
    pays(member, "¥39", by="stripe-renewing")
    member.approves()
    member.sees_arrive(lambda: member.page.get_by_text(member.say("You are in")))
    page = Payment.objects.get(order__buyer=buyer).checkout_url

    member.opens("/membership/")
    member.presses("Stop renewing")
    member.sees("It is not renewed any more. What you have paid for stays open until its last day.")
    member.presses("Let it renew by itself again")
    member.sees("It renews by itself again.")
    member.looks_again_until(lambda: not Subscription.objects.get(user=buyer).wish)

    member.opens(page)
    with member.page.expect_navigation():
        member.page.locator("button[name=act][value=decline]").click()
    member.opens("/membership/")
    owed = member.page.get_by_role("link", name=member.say("Pay with another card"))
    member.looks_again_until(owed.is_visible)
    owed.click()
    member.page.locator("form[action^='/invoice/'] button").click()
    member.page.wait_for_url(f"{member.site.address}/**")
    member.opens("/membership/")
    stop = member.page.get_by_role("button", name=member.say("Stop renewing"))
    member.looks_again_until(lambda: stop.is_visible() and not owed.is_visible())
    assert Order.objects.filter(buyer=buyer, state="paid").count() == 2


def test_a_seat_in_a_group_lets_one_in_and_back_in_until_the_money_goes_back(visitor, newcomer, buyer, language):
    host = newcomer("Host")
    words = {f"{field}_{code}": "Price talk" for field in ("name", "about") for code in ("zh", "en")}
    group = open_group(group=Group(slug=f"talk-{language}", entry="paid", **words), by=host, price=9900, currency="CNY")
    said = start_thread(
        by=host, title="What we charge", source="Ninety.", audience=[group.key], board=Board.objects.get(group=group)
    )
    member = visitor(width=390)
    begins_to_buy(member, buyer, "/groups/")
    row = member.page.locator(".group-row", has=member.page.locator(f"a[href='{group.get_absolute_url()}']"))
    member.sees_text("¥99", within=row)
    member.presses_what_is_called("Price talk", within=row)
    member.presses("Buy a seat")
    pays(member, "¥99")
    member.approves()
    member.sees("You are in")
    member.presses("To the group")
    member.sees_text(said.title)

    member.presses("Leave the group")
    member.opens(group.get_absolute_url())
    expect(member.page.get_by_text(said.title)).to_have_count(0)
    member.presses("Take your seat")
    member.sees_text(said.title)

    member.opens(f"{Order.objects.get(buyer=buyer).get_absolute_url()}refund/")
    member.presses("Give me back %(amount)s", amount="¥99")
    member.opens(group.get_absolute_url())
    member.sees("Buy a seat")
    expect(member.page.get_by_text(said.title)).to_have_count(0)
