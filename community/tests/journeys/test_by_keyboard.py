"""By keyboard: what one is at is never under the bar of five, and "/" leads into the search."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

STOPS = 30
HIDDEN = """() => {
  const at = document.activeElement.getBoundingClientRect(), bar = document.querySelector(".thumbs").getBoundingClientRect();
  const isOfTheBar = document.activeElement.closest(".thumbs");
  return !isOfTheBar && (at.top + at.bottom) / 2 > bar.top ? document.activeElement.outerHTML.slice(0, 120) : "";
}"""
NO_ROOM = "html { scroll-padding: 0 !important; } .thumbs { min-height: 40vh; }"
"""With a bar so high that something comes to lie under it, however high the rows are that day."""


def hidden(guest):
    """What stood under the bar when one came to it, of the first stops of the list of talks."""
    found = []
    for _ in range(STOPS):
        guest.page.keyboard.press("Tab")
        found.append(guest.page.evaluate(HIDDEN))
    return [one for one in found if one]


def test_what_one_is_at_is_never_under_the_bar_of_five(world, visitor):
    guest = visitor(width=390)
    guest.opens("/community/")
    assert hidden(guest) == []


def test_control_without_room_below_some_of_it_is(world, visitor):
    guest = visitor(width=390)
    guest.opens("/community/")
    guest.page.evaluate(
        "(rules) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules); document.adoptedStyleSheets.push(sheet); }",
        NO_ROOM,
    )
    assert hidden(guest) != []


def test_a_stroke_leads_into_the_search_from_anywhere_but_from_what_one_writes(world, visitor):
    guest = visitor()
    guest.opens("/courses/")
    box = guest.page.locator("header.bar input[type=search]")
    # On a busy machine the page stands there before its scripts have come.
    guest.page.evaluate("() => customElements.whenDefined('search-key').then(() => true)")
    guest.page.keyboard.press("/")
    expect(box).to_be_focused()
    guest.page.keyboard.insert_text("either")
    guest.page.keyboard.press("/")
    guest.page.keyboard.insert_text("or")
    expect(box).to_have_value("either/or")
    guest.page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
