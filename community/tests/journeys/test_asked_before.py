"""While a question is typed, its page says which ones were asked before, and takes it back when the title is another."""

import pytest
from playwright.sync_api import expect

from . import story

pytestmark = pytest.mark.journey

TYPED = {
    "en": ("Why is each second line skipped in my loop?", "My loop skips every second receipt"),
    "zh-hans": ("我的循环没开始，怎么回事", "循环根本没开始"),
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_was_asked_before_stands_under_the_title(world, visitor, language):
    typed, title = TYPED[language]
    member = visitor(language=language, width=390)
    member.becomes(story.somebody_with(story.Robin(), world.courses[language][0]))
    member.opens("/community/ask/")
    box = member.field("Title")
    box.press_sequentially(typed)
    before = member.page.locator("#similar")
    expect(before.get_by_role("link", name=title)).to_be_visible()
    box.fill("")
    box.press_sequentially("x" * 9)
    expect(before).to_be_empty()
