"""A page with its socket, in a real browser: what arrives, what is dropped, and what happens without a socket."""

import os
import shutil
import urllib.parse
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.models import User
from core.realtime import sending
from core.realtime.models import Message, Stream
from forum import operations as forum
from forum.models import Post

pytestmark = [pytest.mark.journey, pytest.mark.commits]

SHAM = "class extends EventTarget { static CONNECTING = 0; static OPEN = 1; static CLOSED = 3; readyState = 0; %s }"
CLOSING = """
constructor() {
  super();
  setTimeout(() => {
    this.readyState = 3;
    this.dispatchEvent(new Event("error"));
    this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
  });
}
"""
UNREACHABLE = {
    "refused by the browser": "class extends WebSocket { constructor(address) { super(address.replace(/:\\d+\\//, ':9/')); } }",
    "closed": SHAM % CLOSING,
    "silent": SHAM % "",
}
NOWHERE = f"window.WebSocket = {UNREACHABLE['closed']};"
PATIENCE_MS = 5_000
SAID_AGAIN_MS = 3_100
POLL_MS = 15_000


@pytest.fixture(autouse=True, scope="module")
def _pages_may_ask_the_database():
    # The browser's driver keeps an event loop in this thread, and Django would refuse to ask the database beside it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    found = shutil.which("chromium")
    with sync_api.sync_playwright() as playwright:
        if not found and not Path(playwright.chromium.executable_path).exists():
            if os.environ.get("CI"):
                pytest.fail("no browser was found")
            pytest.skip("no browser was found")
        arguments = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
        launched = playwright.chromium.launch(executable_path=found, args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def people(house):
    return house.join(language="en"), house.join(language="en")


@pytest.fixture
def thread(house, people):
    return forum.start_thread(by=people[0], title="Lanterns", source="Which one?", audience=["public", "members"])


@pytest.fixture
def visit(browser, house, thread):
    """Opens the thread in a browser of ``user``; several pages of one ``context`` share their log-in."""
    contexts = []

    def context_of(user, *, script=""):
        context = browser.new_context(base_url=f"http://127.0.0.1:{house.port}", locale="en-US")
        contexts.append(context)
        if script:
            context.add_init_script(script)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            where = {"domain": "127.0.0.1", "path": "/"}
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, **where}])
        return context

    def page_of(context):
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.clock.install()
        page.goto(urllib.parse.urlsplit(thread.get_absolute_url()).path)
        return page

    context_of.page = page_of
    yield context_of
    for context in contexts:
        context.close()


def is_live(page):
    page.wait_for_selector("html[data-live]")
    return page


def posts(page):
    return page.locator("#posts > *").count()


def reply(thread, by, text="The round one."):
    return forum.reply(thread=thread, by=by, source=text)


def test_a_reply_appears_once_however_often_it_comes(visit, thread, people):
    page = is_live(visit.page(visit(None)))
    post = reply(thread, people[1])
    page.wait_for_selector(f"#post-{post.pk}")
    messages = list(Message.objects.filter(stream=f"thread:{thread.pk}").values_list("pk", flat=True))
    for _ in range(3):
        sending._fan_out(messages, {f"thread:{thread.pk}"})
    later = reply(thread, people[1], "And the square one.")
    page.wait_for_selector(f"#post-{later.pk}")
    assert posts(page) == 2
    page.reload()
    assert posts(page) == 2


def shown(page):
    return page.locator("#posts > .post").evaluate_all(
        "found => found.map((one) => Number(one.id.slice('post-'.length)))"
    )


@pytest.fixture
def moderator(house):
    dora = house.join(language="en")
    User.objects.filter(pk=dora.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=dora.pk)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_post_that_is_shown_again_comes_to_where_it_belongs(visit, thread, people, moderator, place):
    replies = [reply(thread, people[1], f"Reply {n}") for n in range(3)]
    page, order = is_live(visit.page(visit(None))), [post.pk for post in replies]
    forum.hide_post(post=replies[place], by=moderator, reason="A test")
    page.wait_for_selector(f"#post-{order[place]}", state="detached")
    forum.restore_post(post=replies[place], by=moderator)
    page.wait_for_selector(f"#post-{order[place]}")
    assert shown(page) == order
    page.reload()
    assert shown(page) == order


def test_what_opens_a_thread_comes_back_above_its_replies(visit, thread, people, moderator):
    first, after = thread.posts.get(), reply(thread, people[1])
    page = is_live(visit.page(visit(None)))
    forum.hide_post(post=first, by=moderator, reason="A test")
    page.wait_for_selector(f"#post-{first.pk}", state="detached")
    forum.restore_post(post=first, by=moderator)
    page.wait_for_selector(f"#opening > #post-{first.pk}")
    assert shown(page) == [after.pk]


def test_what_belongs_to_the_page_before_does_not_come_to_this_one(visit, thread, people, moderator):
    replies = [reply(thread, people[1], f"Reply {n}") for n in range(32)]
    page = is_live(visit.page(visit(None)))
    page.goto(f"{page.url}?page=2")
    is_live(page)
    before = shown(page)
    forum.hide_post(post=replies[0], by=moderator, reason="A test")
    forum.restore_post(post=replies[0], by=moderator)
    later = reply(thread, people[1], "And one more")
    page.wait_for_selector(f"#post-{later.pk}")
    assert shown(page) == [*before, later.pk]


def test_two_who_read_are_told_so(visit):
    first, second = (is_live(visit.page(visit(None))) for _ in range(2))
    for page in (first, second):
        page.wait_for_selector("[data-present]:has-text('2 reading now')")
    second.close()
    first.wait_for_selector("[data-present]", state="hidden")


def writes_until_seen(page, note):
    """Write on, as people do: a word that is lost on its way is followed by the next one."""
    for letter in "The harvest":
        page.type("textarea[name=body]", letter)
        page.clock.run_for(SAID_AGAIN_MS)
        for _ in range(30):
            if note.is_visible():
                return
            note.page.wait_for_timeout(100)
    pytest.fail("nobody saw who writes")


def test_who_writes_is_seen_by_the_others_for_a_while(visit, people):
    writing, reading = is_live(visit.page(visit(people[0]))), is_live(visit.page(visit(people[1])))
    writes_until_seen(writing, reading.locator(f"typing-note:has-text('{people[0]} is writing')"))
    reading.clock.run_for(10_000)
    reading.wait_for_selector("typing-note", state="hidden")
    assert writing.locator("typing-note").inner_text() == ""


def test_the_sixth_page_turns_the_first_one_to_asking_and_looking_at_it_turns_it_back(visit, thread, people):
    context = visit(people[0])
    pages = [is_live(visit.page(context)) for _ in range(6)]
    first = pages[0]
    first.wait_for_selector("html:not([data-live])")
    assert first.inner_text("#live-note") == "Live updates are off"
    post = reply(thread, people[1])
    pages[5].wait_for_selector(f"#post-{post.pk}")
    assert posts(first) == 0
    first.clock.run_for(POLL_MS)
    first.wait_for_selector(f"#post-{post.pk}")
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    is_live(first)
    assert first.inner_text("#live-note") == ""


@pytest.mark.parametrize("way", UNREACHABLE)
def test_a_live_port_out_of_reach_is_said_quietly_and_the_page_works_on(visit, thread, people, way):
    page = visit.page(visit(people[0], script=f"window.WebSocket = {UNREACHABLE[way]};"))
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.clock.run_for(PATIENCE_MS)
    page.wait_for_selector("#live-note:has-text('Live updates are off')")
    post = reply(thread, people[1])
    page.clock.run_for(POLL_MS)
    page.wait_for_selector(f"#post-{post.pk}")
    page.fill("textarea[name=body]", "I wrote this without a socket.")
    page.click("form:has(textarea[name=body]) button[type=submit]:has-text('Post')")
    page.wait_for_selector("text=I wrote this without a socket.")
    assert Post.objects.filter(thread=thread, author=people[0]).count() == 2
    assert (page.locator(".toast").count(), broken) == (0, [])


def test_who_comes_back_after_more_than_a_week_is_asked_to_reload_and_asked_once(visit, thread, people):
    page = visit.page(visit(people[0], script=NOWHERE))
    page.wait_for_selector("#live-note:has-text('Live updates are off')")
    for _ in range(3):
        reply(thread, people[1])
    said_so_far = Stream.objects.get(name=f"thread:{thread.pk}").seq
    Message.objects.filter(stream=f"thread:{thread.pk}").delete()
    page.evaluate("said = []; document.addEventListener('toast', (event) => said.push(event.detail.text))")
    with page.expect_response("**/live/since/**"):
        page.clock.run_for(POLL_MS)
    page.wait_for_selector(".toast:has-text('Much has happened here')")
    for _ in range(2):
        with page.expect_response("**/live/since/**"):
            page.clock.run_for(POLL_MS)
    [said] = page.evaluate("said")
    assert said.startswith("Much has happened here")
    assert Stream.objects.get(name=f"thread:{thread.pk}").seq == said_so_far >= 3


@transaction.atomic
def note(user, words):
    sending.send_many([sending.Said(stream=f"user:{user.pk}", action="toast", html={"en": words})])


@pytest.fixture
def leaving(visit, thread, people):
    """A page that is being left, after a note has come to it."""
    page = is_live(visit.page(visit(people[0])))
    page.evaluate("dispatchEvent(new Event('beforeunload'))")
    note(people[0], "Two points")
    # What comes after it on the same socket is there, so the note has come too.
    page.wait_for_selector(f"#post-{reply(thread, people[1]).pk}")
    assert page.locator(".toast").count() == 0
    return page


def test_a_note_that_comes_while_one_is_leaving_is_shown_on_the_page_that_follows(leaving):
    leaving.reload()
    leaving.wait_for_selector(".toast:has-text('Two points')")


def test_and_on_the_same_page_to_whoever_stays_after_all(leaving):
    leaving.clock.run_for(5_000)
    leaving.wait_for_selector(".toast:has-text('Two points')")


def test_logging_out_in_one_page_turns_the_others_into_a_guest_s(visit, people):
    context = visit(people[0])
    first, second = (is_live(visit.page(context)) for _ in range(2))
    assert first.locator("textarea[name=body]").count() == 1
    second.evaluate(
        # Not waited for: the page may be asked to begin anew before the answer is there.
        "void fetch('/account/logout/', {method: 'POST', headers: {'X-CSRFToken': "
        "document.querySelector('input[name=csrfmiddlewaretoken]').value}})"
    )
    first.wait_for_selector("textarea[name=body]", state="detached")
    assert "Log in to write" in first.inner_text("main")


def test_a_suspended_member_no_longer_hears_what_is_theirs(visit, people):
    page = is_live(visit.page(visit(people[0])))
    with transaction.atomic():
        sending.send_many([sending.Said(stream=f"user:{people[0].pk}", action="toast", html={"en": "Two points"})])
    page.wait_for_selector(".toast:has-text('Two points')")
    User.objects.filter(pk=people[0].pk).update(suspended_until="2099-01-01T00:00Z")
    page.wait_for_timeout(5_000)
    with transaction.atomic():
        sending.send_many([sending.Said(stream=f"user:{people[0].pk}", action="toast", html={"en": "Ten points"})])
    page.wait_for_timeout(3_000)
    assert page.locator(".toast:has-text('Ten points')").count() == 0
