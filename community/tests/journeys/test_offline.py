"""The network goes away: the site says so in its own words, and is there again when the network is."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

IS_READY = "() => navigator.serviceWorker.ready.then((found) => found.active.state === 'activated' || new Promise((done) => found.active.addEventListener('statechange', () => done(true))))"
GROUND = "() => getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize(("language", "title"), [("en", "You are offline"), ("zh-hans", "你现在没有联网")])
def test_without_a_network_one_page_is_there_all_the_same(world, visitor, language, title):
    page = visitor(language=language).page
    page.goto("/courses/")
    page.wait_for_function(IS_READY)
    ground, courses = page.evaluate(GROUND), page.locator("h1").inner_text()
    page.context.set_offline(True)
    page.goto("/community/")
    expect(page.locator("h1")).to_have_text(title)
    assert page.evaluate(GROUND) == ground
    page.context.set_offline(False)
    page.goto("/courses/")
    expect(page.locator("h1")).to_have_text(courses)
