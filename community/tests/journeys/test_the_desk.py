"""Those who run the school: a report is decided, undone and told; the owner sees today and opens what was counted."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

import forum.operations
from core import events
from core.events import outbox
from core.events.models import OutboxMessage
from forum.models import Flag
from gamification.events import BadgeGranted

from . import story
from .visitor import Keyboard
from .world import OPEN

pytestmark = pytest.mark.journey

REASON = "Offers stand on the notice board. Ask there, and gladly."
NOBODY = 2**31 - 1
TODAY = ("sign-ups", "sales", "reports", "failed-jobs", "dead-letters")


DESKTOP = 900
"""From this width on one's own pages are in a menu at the top; below it they are under one's thumb."""
OWNERS_MEANS = {
    "in English": {},
    "in Chinese by keyboard": {"language": "zh-hans", "hands": Keyboard},
    "without scripts on a phone": {"width": 390, "scripts": False},
}
MEANS = {
    "in English": {},
    "in Chinese": {"language": "zh-hans"},
    "without scripts on a phone": {"width": 390, "scripts": False},
    "by keyboard": {"hands": Keyboard},
}


@pytest.fixture
def seller(newcomer):
    """Who will be reported."""
    return newcomer("Seller")


@pytest.fixture
def thread(world, seller):
    """A talk of three: what comes before the reported post, the post, what comes after it."""
    people = world.people | {"seller": seller}
    opened = forum.operations.start_thread(
        by=people["ben"], title="Which till do you use?", source="Ours is from 1990.", audience=OPEN
    )
    for name, words in (
        ("eli", "Any that opens."),
        ("seller", "Mine, at half the price."),
        ("ada", "A drawer and a page."),
    ):
        forum.operations.reply(by=people[name], thread=opened, source=words)
    return opened


def speaking_english_afterwards(who):
    yield who
    who.language = "en"
    who.save(update_fields=["language"])


@pytest.fixture
def dora(world):
    """Who moderates."""
    yield from speaking_english_afterwards(world.people["dora"])


@pytest.fixture
def eli(world):
    """Who owns the school."""
    yield from speaking_english_afterwards(world.people["eli"])


@pytest.mark.parametrize("means", MEANS)
def test_a_report_is_seen_in_its_place_decided_told_and_undone(visitor, newcomer, thread, seller, dora, means):
    author, reader, moderator = (visitor(**MEANS[means]) for _ in range(3))
    buyer = newcomer()
    for one in (buyer, seller, dora):
        one.language = author.language
        one.save(update_fields=["language"])
    author.becomes(seller)
    reader.becomes(buyer)
    somebody_reports(reader, thread)
    moderator_finds_it_in_its_place_and_hides_it(moderator)
    if reader.has_scripts:
        expect(reported(reader)).to_have_count(0)
    else:
        reader.looks_again_until(lambda: reported(reader).count() == 0)
    author_reads_why(author, seller, thread)
    moderator.presses("Show it again")
    moderator.sees("The post is shown again. Its author has been told.")
    reader.sees_arrive(lambda: reported(reader))
    reader.opens(thread.get_absolute_url())
    expect(reported(reader)).to_be_visible()
    author.opens("/")
    author.looks_again_until(lambda: author.unread() == "2")
    author.opens_inbox()
    author.sees_text(author.say("Your post in “{title}” is shown again").replace("{title}", thread.title))


def reported(who):
    return who.page.locator("#posts .post").filter(has_text="half the price")


def somebody_reports(reader, thread):
    reader.opens(thread.get_absolute_url())
    reader.opens_menu("More", within=reported(reader))
    reader.presses("Report", within=reported(reader))
    reader.chooses(reader.say("It advertises something"))
    reader.writes("Anything the moderators should know", "The third time this week.")
    reader.presses("Send the report")
    expect(reader.page.locator("h1")).to_have_text(thread.title)


def moderator_finds_it_in_its_place_and_hides_it(moderator):
    moderator.opens("/")
    moderator.enters_as("Moderator")
    if moderator.page.viewport_size["width"] < DESKTOP:
        moderator.presses("Me")
    else:
        moderator.opens_menu("Your menu")
    moderator.presses("Desk")
    moderator.presses("Open reports")
    moderator.presses_part_of("half the price", within=moderator.page.locator("#result_list"))
    told = moderator.page.locator("main").inner_text()
    around = ["Ours is from 1990.", "Any that opens.", "half the price", "A drawer and a page."]
    assert sorted(around, key=told.find) == around, told
    moderator.sees_text("The third time this week.")
    moderator.writes("Why it is hidden", REASON)
    moderator.presses("Hide it")
    moderator.sees("The post is hidden. Its author has been told why.")


def author_reads_why(author, seller, thread):
    author.opens("/")
    author.looks_again_until(lambda: author.unread() == "1")
    author.opens_inbox()
    author.sees_text(REASON)
    expect(author.finds_mail(to=seller.email, about=thread.title)).to_contain_text(REASON)
    author.opens(thread.get_absolute_url())
    author.sees_text(REASON)
    expect(reported(author)).to_be_visible()


@pytest.mark.parametrize("means", OWNERS_MEANS)
def test_the_owner_sees_today_and_opens_what_was_counted(world, visitor, thread, eli, means):
    owner, guest, robin = visitor(**OWNERS_MEANS[means]), visitor(), story.Robin()
    owner.opens("/")
    owner.enters_as("Owner")
    before = figures(owner)
    course = world.courses["en"][1]
    guest.opens(f"/account/signup/?next={course.get_absolute_url()}")
    story.guest_signs_up(guest, robin)
    guest.presses("Buy the course")
    guest.presses_pay()
    guest.approves()
    guest.sees("You are in")
    forum.operations.flag(post=thread.posts.last(), by=robin.user, reason=Flag.Reason.OTHER)
    a_job_is_given_up()
    a_fact_cannot_be_taken()

    more = {"sign-ups": 1, "reports": 1, "failed-jobs": 1, "dead-letters": 1}
    expected = {code: before[code] + more.get(code, 0) for code in before if code != "sales"}
    owner.looks_again_until(lambda: counted(owner) == expected)
    assert figures(owner)["sales"] > before["sales"]
    for code in TODAY:
        leads_to_what_was_counted(owner, code)


def figures(owner):
    """The desk's front page, by code; of sales the number of orders."""
    owner.opens("/desk/")
    owner.page.wait_for_selector(".desk-figures")
    return counted(owner) | {"sales": sales(owner)}


ROWS_OF_A_PAGE = 100


def counted(owner):
    return {code: int(owner.page.locator(f"[data-figure={code}] b").inner_text()) for code in TODAY if code != "sales"}


def sales(owner):
    return int(owner.page.locator("[data-figure=sales] small").inner_text().split()[0])


def leads_to_what_was_counted(owner, code):
    """The figure's link opens the list of exactly as many rows, as far as they stand on its first page."""
    count = min(figures(owner)[code], ROWS_OF_A_PAGE)
    owner.hands.press(owner.page.locator(f"[data-figure={code}] a"))
    owner.page.wait_for_url("**/?*")
    expect(owner.page.locator("#result_list tbody tr")).to_have_count(count)


@transaction.atomic
def a_job_is_given_up():
    """A delivery that nobody knows fails like any other; its last attempt is the next one."""
    outbox.enqueue(kind="journeys.nowhere", key=f"nowhere:{OutboxMessage.objects.count()}", payload={})
    OutboxMessage.objects.filter(kind="journeys.nowhere", dead_at=None).update(attempts=outbox.MOST_ATTEMPTS - 1)


@transaction.atomic
def a_fact_cannot_be_taken():
    """A badge for somebody who is not there."""
    events.publish(BadgeGranted(user_id=NOBODY, badge_id=1), subject=f"user:{NOBODY}")
