"""The box in which one writes, in a real browser: what is kept, offered, forgotten."""

import json
import mimetypes
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation
from playwright.sync_api import expect

from core.ui import importmap
from core.ui.phrases import PHRASES

pytestmark = pytest.mark.journey

SITE = "http://localhost"
BOX = """<!doctype html><html lang="en"><title>Box</title><body>
<auto-draft key="%(key)s"><form method="post" action="/send/">
<textarea name="body" aria-label="Words">%(body)s</textarea><input type="password" name="password" aria-label="Secret">
<input type="radio" name="stars" value="1"><input type="radio" name="stars" value="5"><button>Send</button></form></auto-draft>
%(words)s<script type="importmap">%(map)s</script><script type="module" src="/static/js/site.js"></script></body></html>"""


class Site:
    """A site of one box, which answers what it is told to answer."""

    def __init__(self, browser):
        self.context = browser.new_context(base_url=SITE)
        self.page = self.context.new_page()
        self.key, self.body, self.answer, self.got = "7:/write/", "", (403, {}, "no"), []
        self.page.route("**/*", self.serve)

    def serve(self, route):
        path = route.request.url.removeprefix(SITE).partition("?")[0]
        if path.startswith("/static/"):
            file = finders.find(path.removeprefix("/static/"))
            return route.fulfill(body=Path(file).read_bytes(), content_type=mimetypes.guess_type(file)[0])
        if path == "/send/":
            self.got.append(route.request.post_data)
            status, headers, body = self.answer
            if status is None:
                return route.abort()
            return route.fulfill(status=status, headers=headers, body=body, content_type="text/html")
        if path == "/offline-worker.js":
            return route.fulfill(status=404)
        with translation.override("en"):
            spoken = json.dumps({key: str(words) for key, words in PHRASES.items()})
        words = f'<script id="phrases" type="application/json">{spoken}</script>'
        html = BOX % {"key": self.key, "body": self.body, "words": words, "map": importmap.import_map()}
        return route.fulfill(body=html, content_type="text/html")

    def open(self):
        self.page.goto("/write/")
        self.page.wait_for_function("!!document.querySelector('.draft-note')")

    def type(self, words):
        self.page.get_by_label("Words").fill(words)

    def sent_name(self):
        return dict(part.split("=") for part in self.got[-1].split("&"))["draft"]

    def drafts(self):
        return self.page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))")


@pytest.fixture
def site(browser):
    made = Site(browser)
    yield made
    made.context.close()


@pytest.mark.parametrize("answer", [(403, {}, "no"), (413, {}, "no"), (429, {}, "no"), (500, {}, "no"), (None, {}, "")])
def test_whatever_goes_wrong_it_is_in_its_box_again(site, answer):
    site.open()
    site.answer = answer
    site.type("An hour of work")
    site.page.locator("input[value='5']").check()
    site.page.get_by_label("Secret").fill("hunter2")
    site.page.get_by_role("button", name="Send").click()
    site.page.wait_for_url("chrome-error://**" if answer[0] is None else "**/send/")
    site.open()
    expect(site.page.get_by_label("Words")).to_have_value("An hour of work")
    expect(site.page.locator("input[value='5']")).to_be_checked()
    expect(site.page.get_by_text("This is what you wrote last time.")).to_be_visible()
    assert "hunter2" not in site.page.evaluate("JSON.stringify(localStorage)")


def test_what_was_taken_is_forgotten_on_the_next_page(site):
    site.open()
    site.type("An hour of work")
    site.page.get_by_role("button", name="Send").click()
    site.page.wait_for_load_state()
    name = site.sent_name()
    site.context.add_cookies([{"name": "draft", "value": name, "url": SITE}])
    site.open()
    expect(site.page.get_by_label("Words")).to_have_value("")
    site.page.wait_for_function("!document.cookie.includes('draft=')")
    assert site.drafts() == []


def test_another_draft_stays(site):
    site.open()
    site.type("An hour of work")
    expect(site.page.get_by_text("Your draft is kept on this device.")).to_be_visible()
    site.context.add_cookies([{"name": "draft", "value": "someone-elses", "url": SITE}])
    site.open()
    expect(site.page.get_by_label("Words")).to_have_value("An hour of work")


def test_where_the_page_holds_something_it_is_offered(site):
    site.body = "As it was"
    site.open()
    site.type("As it should be")
    expect(site.page.get_by_text("Your draft is kept on this device.")).to_be_visible()
    site.open()
    expect(site.page.get_by_label("Words")).to_have_value("As it was")
    site.page.get_by_role("button", name="Bring it back").click()
    expect(site.page.get_by_label("Words")).to_have_value("As it should be")
    site.page.get_by_role("button", name="Start over").click()
    expect(site.page.get_by_label("Words")).to_have_value("As it was")
    assert site.drafts() == []


def test_a_form_that_came_back_with_what_was_typed_offers_nothing(site):
    site.open()
    site.type("Too short")
    site.page.get_by_role("button", name="Send").click()
    site.page.wait_for_load_state()
    site.body = "Too short"
    site.open()
    assert site.page.get_by_text("Bring it back").count() == 0
    assert len(site.drafts()) == 1


def test_a_form_put_back_to_what_it_was_is_no_draft(site):
    site.body = "As it was"
    site.open()
    site.type("Changed")
    expect(site.page.get_by_text("Your draft is kept on this device.")).to_be_visible()
    site.type("As it was")
    site.page.wait_for_function("!Object.keys(localStorage).some((name) => name.startsWith('draft:'))")


def test_what_was_typed_just_before_leaving_is_kept(site):
    site.open()
    site.type("Typed and gone")
    site.open()
    expect(site.page.get_by_label("Words")).to_have_value("Typed and gone")


@pytest.mark.leak
def test_another_member_on_this_device_does_not_see_it(site):
    site.open()
    site.type("My own words")
    expect(site.page.get_by_text("Your draft is kept on this device.")).to_be_visible()
    site.key = "8:/write/"
    site.open()
    expect(site.page.get_by_label("Words")).to_have_value("")


def test_where_there_is_no_room_it_says_so(site):
    site.open()
    site.page.evaluate("localStorage.setItem('full', 'x'.repeat(5 * 1024 * 1024 - 20))")
    site.type("An hour of work" * 100)
    expect(site.page.get_by_text("There is no room on this device")).to_be_visible()
