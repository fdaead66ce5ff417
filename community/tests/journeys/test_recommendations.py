"""What is recommended follows what one says, at once."""

import html
import itertools
import re

import pytest
from playwright.sync_api import expect

from accounts import operations as accounts
from accounts.models import User
from courses.models import Lesson

pytestmark = pytest.mark.journey

_numbers = itertools.count(1)
IMPERSONAL = re.compile(
    "Taken by [0-9]+ members|From the (catalog|community)|(Begun|Talked about) in the past week|New, and few have seen it yet"
)
"""What the cards of English readers say where nothing speaks to them."""


def newcomer(language="en"):
    name = f"fresh{next(_numbers)}"
    user = User(
        username=name, name=name.title(), email=f"{name}@reader.test", language=language, languages_read=[language]
    )
    user.set_unusable_password()
    return accounts.join(user=user, is_verified=True)


def says(member, topic):
    """Answer the survey for newcomers with one topic."""
    member.opens("/welcome/")
    member.chooses(member.in_language(lambda: topic.name))
    member.presses("Send my answers")
    member.page.wait_for_url("**/")


def cards(member):
    """The titles and reasons of the cards on the home page."""
    member.opens("/")
    shown = member.page.locator("article.feed-card")
    return [(one.locator("h3").inner_text(), one.locator(".why").inner_text()) for one in shown.all()]


def shown_titles(member):
    return member.page.locator("article.feed-card h3").all_inner_texts()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_two_who_say_different_things_see_different_feeds(world, visitor, language):
    seen = []
    for topic in ("writing", "books"):
        member = visitor(language=language)
        member.becomes(newcomer(language))
        says(member, world.topics[topic])
        said = member.say(
            "You said that %(topic)s interests you", topic=member.in_language(lambda t=topic: world.topics[t].name)
        )
        found = cards(member)
        assert found[0][1] == said, found
        seen.append(found)
    assert seen[0][0] != seen[1][0]
    assert [title for title, _ in seen[0]][:3] != [title for title, _ in seen[1]][:3]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_whoever_does_not_want_to_say_it_is_not_asked_again_and_has_a_home(world, visitor, scripts):
    member = visitor(scripts=scripts, width=390)
    member.becomes(newcomer())
    member.opens("/")
    member.presses("Not now")
    member.page.wait_for_load_state()
    member.presses_home()
    assert member.page.get_by_text(member.say("Choose what interests you")).count() == 0
    shown = member.page.locator("article.feed-card .why").all_inner_texts()
    assert [why for why in shown if not IMPERSONAL.fullmatch(why)] == []
    assert len(shown) == 10


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_not_interested_takes_effect_at_once(world, visitor, scripts):
    member = visitor(scripts=scripts, width=390)
    member.becomes(newcomer())
    says(member, world.topics["writing"])
    first = cards(member)[0][0]
    card = member.page.locator("article.feed-card").first
    card.locator("summary").click()
    card.get_by_role("button", name=member.say("Not interested")).click()
    if scripts:
        expect(member.page.locator("h3", has_text=first)).to_have_count(0)
    else:
        member.sees("You will not see that again.")
    assert first not in [title for title, _ in cards(member)]
    member.opens("/")
    expect(member.page.locator("article.feed-card h3", has_text=first)).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_more_goes_on_where_the_cards_end(world, visitor, scripts):
    """Each card once, below those that are there: by scripts in place, and by keyboard from where they begin; else on the page that comes anew."""
    member = visitor(scripts=scripts, width=390)
    member.becomes(newcomer())
    says(member, world.topics["writing"])
    # Other journeys leave threads of one title behind, so cards are told apart by where they lead.
    leads = "cards => cards.map((card) => card.pathname)"
    seen = member.page.locator("article.feed-card h3 a").evaluate_all(leads)
    for cards_there in (25, 40):
        more = member.page.get_by_role("link", name=member.say("More for you"))
        more.scroll_into_view_if_needed()
        stood = member.page.evaluate("scrollY")
        more.click()
        expect(member.page.locator("article.feed-card")).to_have_count(cards_there)
        if scripts:
            expect(member.page.locator("h2:focus")).to_have_count(1)
            assert member.page.evaluate("scrollY") >= stood, "whoever asked for more is where they asked"
        else:
            # The browser goes to where the new ones begin.
            expect(member.page.locator("article.feed-card h3").nth(len(seen))).to_be_in_viewport()
        now = member.page.locator("article.feed-card h3 a").evaluate_all(leads)
        assert (now[: len(seen)], len(set(now))) == (seen, cards_there)
        seen = now
    if scripts:
        member.page.keyboard.press("Tab")
        focused = member.page.evaluate(
            "document.activeElement.closest('article.feed-card')?.querySelector('h3').innerText"
        )
        assert focused == shown_titles(member)[25]
        # Who opens one of them and comes back is not thrown to the end of a short page.
        member.page.keyboard.press("Enter")
        member.page.wait_for_url(lambda address: "cards=" not in address)
        member.page.go_back()
        expect(member.page.locator("article.feed-card")).to_have_count(40)


def test_switched_off_nothing_personal_is_claimed_any_more(world, visitor):
    member = visitor()
    user = newcomer()
    member.becomes(user)
    says(member, world.topics["books"])
    assert any("interests you" in why for _, why in cards(member))
    member.opens("/settings/privacy/")
    box = member.page.locator("input[name=personalization]")
    member.page.locator(f"label[for='{box.get_attribute('id')}']").first.click()
    expect(box).not_to_be_checked()
    member.presses("Save my choices", within=member.page.locator("main"))
    member.page.wait_for_load_state()
    assert [why for _, why in cards(member) if not IMPERSONAL.fullmatch(why)] == []


def test_what_one_has_just_done_is_a_reason_on_the_very_next_list(world, visitor):
    """Without waiting for a worker: the first list that is asked for after the click names it."""
    lesson = Lesson.objects.filter(course=world.courses["en"][0], is_preview=True).in_order()[0]
    for _ in range(3):
        member = visitor()
        member.becomes(newcomer())
        reason = html.escape(member.say("Because you finished “%(title)s”", title=lesson.title))
        member.opens(lesson.get_absolute_url())
        before = member.page.request.get("/").text()
        with member.page.expect_navigation():
            member.presses("Done, next lesson")
        assert (reason in before, reason in member.page.request.get("/").text()) == (False, True)
