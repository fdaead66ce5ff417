"""A school from the one-time address in the terminal to its first course, in a real browser; every page on the way says why it is empty."""

import re
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import expect

from accounts.models import User
from community.models import School
from courses.models import Course

from .visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]
GUESTS = ["/courses/", "/community/", "/search/?q=boat"]
MEMBERS = [
    *GUESTS,
    "/learning/",
    "/leaderboard/",
    "/points/",
    "/notifications/",
    "/community/?show=mine",
    "/community/?kind=question",
]
OWNERS = [*MEMBERS, "/studio/"]
SECRET = "seven boats on a pond"
A_COLD_WORKER = 60
"""Seconds that a worker may take for its first letters, while everything else on the machine starts as well."""


@pytest.fixture
def come(empty_site, browser):
    came = []

    def enter(**options):
        came.append(Visitor(site=empty_site, browser=browser, **options))
        return came[-1]

    yield enter
    for one in came:
        one.leave()
    assert [fault for one in came for fault in one.faults] == []


def test_from_the_terminal_to_the_first_course(come):
    guest, owner = come(width=390), come()
    guest.opens("/")
    guest.sees("This school is not open yet")
    address = printed_address()
    owner_opens_the_doors(owner, address)
    a_second_opening_finds_them_open(guest, address)
    walks(owner, OWNERS)
    guest_finds_the_rooms_empty_and_the_foot_whole(guest)
    guest_joins(guest)
    walks(guest, MEMBERS)
    owner_writes_the_first_course(owner)
    owner_makes_the_rules_hers(owner)
    the_checklist_is_done(owner)
    member_finds_the_course(guest)


def printed_address():
    out = StringIO()
    call_command("open_school", stdout=out)
    return re.search(r"/open/\S+/", out.getvalue())[0]


def owner_opens_the_doors(owner, address):
    owner.opens(address)
    owner.writes("Name of the school", "Paper Boats")
    body = BytesIO()
    Image.new("RGB", (400, 200), "#2f4a7a").save(body, "PNG")
    owner.page.locator("input[name=logo]").set_input_files(
        {"name": "boat.png", "mimeType": "image/png", "buffer": body.getvalue()}
    )
    owner.page.locator("select[name=language], [name=language][value=en]").first.select_option("en")
    owner.page.locator("select[name=accent]").select_option("indigo")
    owner.writes("Your name", "Eli Yi")
    owner.writes("Your email address", "eli@boats.test")
    owner.writes("A password", SECRET)
    owner.presses("Open the doors")
    owner.page.wait_for_url("**/open/")
    owner.sees("First steps")
    course, payment, _letter, rules, company = ticks_shown(owner)
    # The letter that welcomes the owner may have arrived already.
    assert (course, payment, rules, company) == (False, True, False, False)
    expect(owner.page.locator("header.bar .brand img")).to_be_visible()
    assert owner.page.locator("html").get_attribute("data-accent") == School.Accent.INDIGO


def a_second_opening_finds_them_open(guest, address):
    guest.opens(address)
    guest.sees("This school is open already")
    assert User.objects.count() == 1


def guest_finds_the_rooms_empty_and_the_foot_whole(guest):
    guest.opens("/")
    guest.sees("The first course is being written")
    walks(guest, GUESTS)
    for words in ("Terms", "Privacy", "Refunds", "Community rules"):
        guest.opens("/courses/")
        guest.presses(words, within=guest.page.locator("footer"))
        expect(guest.page.locator("h1")).to_have_text(guest.say(words))
        expect(guest.page.locator("main .prose")).not_to_be_empty()


def guest_joins(guest):
    guest.opens("/account/signup/")
    guest.writes("Name", "Cleo Marin")
    guest.writes("Email address", "cleo@boats.test")
    guest.writes("Password", "a lantern by the third door")
    guest.presses("Join", within=guest.page.locator("main"))
    guest.sees("Look into your mailbox")
    letter = guest.finds_mail(to="cleo@boats.test", about="/account/", seconds=A_COLD_WORKER)
    guest.hands.press(letter.get_by_role("link").first)
    guest.presses("Yes, verify it")
    guest.page.wait_for_url(lambda url: "/account/" not in url)


def owner_writes_the_first_course(owner):
    owner.opens("/open/")
    owner.presses("To the studio")
    owner.presses("Make a course", within=owner.page.locator("main"))
    owner.page.locator("input[name=title]").fill("Folding a boat")
    owner.page.locator("textarea[name=summary]").fill("From a sheet to something that floats.")
    owner.page.locator("input[name=price]").fill("0")
    owner.presses("Save", within=owner.page.locator("main"))
    owner.presses("Write the first lesson")
    owner.page.locator("input[name=title]").fill("The first fold")
    owner.page.locator("input[name=section_title]").fill("Begin")
    owner.page.locator("textarea[name=source]").fill("Lay the sheet down and **fold** it once.")
    owner.presses("Save", within=owner.page.locator("main"))
    owner.presses("Publish")
    owner.sees("It stands in the catalogue now.")
    assert Course.objects.published().count() == 1


def owner_makes_the_rules_hers(owner):
    owner.opens("/open/")
    owner.presses("Read and change them")
    owner.page.locator("#result_list tbody tr").filter(has_text=owner.say("Community rules")).locator(
        "th a"
    ).first.click()
    owner.page.locator("textarea[name=source]").fill("# Ours\n\nBe kind to each other.")
    owner.page.locator("input[name=_save]").click()
    owner.page.wait_for_url("**/legaltext/**")


def the_checklist_is_done(owner):
    owner.opens("/open/")
    owner.looks_again_until(lambda: ticks_shown(owner) == [True] * 5)


def member_finds_the_course(member):
    member.opens("/courses/")
    member.presses_what_is_called("Folding a boat")
    expect(member.page.locator("h1")).to_have_text("Folding a boat")


def walks(visitor, paths):
    """Each page says why it is empty, in a sentence, and offers one next step, which leads somewhere."""
    for path in paths:
        visitor.opens(path)
        states = visitor.page.locator("main .empty").all()
        assert states, path
        for state in states:
            assert len(state.inner_text().split()) > 4, path
            assert state.locator("a").count() == 1, path
        step = states[0].locator("a")
        with visitor.page.expect_response(lambda answer: answer.request.is_navigation_request()) as answered:
            step.click()
        assert answered.value.status < 400, (path, visitor.page.url)


def ticks_shown(owner):
    done = owner.say("Done")
    return [done in card.locator(".row-apart").inner_text() for card in owner.page.locator("main ol > li").all()]
