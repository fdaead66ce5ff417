"""Somebody in front of a browser: what they press, write and see, in the words of the page and in their language."""

import re
import time
from contextlib import contextmanager

from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import expect

from accounts.models import User
from community.models import School
from gamification.models import Badge

from .world import TEACHERS_PASSWORD

LOCALES = {"en": "en-US", "zh-hans": "zh-CN"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PATIENCE_MS = 20_000
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
IS_FOCUS_SEEN = """() => {
  const at = document.activeElement;
  const places = [at, at.closest("label"), at.parentElement, at.closest("article")].filter(Boolean);
  const shown = [...places.map((one) => getComputedStyle(one)), getComputedStyle(at, "::after")];
  return at.matches(":focus-visible") && shown.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
}"""
STOPS_BETWEEN = """(element) => {
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const [from, to] = [document.activeElement, element].map((one) => stops.indexOf(one));
  if (to < 0) return 0;
  const passed = from < 0
    ? stops.slice(0, to).filter((one) => document.activeElement.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
    : stops.slice(from, to);
  return passed.filter((one) => one.type !== "radio" && !one.disabled && one.checkVisibility({ visibilityProperty: true })).length;
}"""
MOST_TABS, LOOKED_AT = 250, 5
HEIGHT = 844


class Visitor:
    """A person with a browser of their own; ``hands`` is how they move: by pointer, or by keyboard alone."""

    def __init__(self, *, site, browser, language="en", width=1280, scripts=True, slow=False, hands=None):
        self.site, self.language, self.has_scripts = site, language, scripts
        self.faults, self._forgiven = [], ["Failed to load resource"]
        self._context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, locale=LOCALES[language], reduced_motion="reduce",
            java_script_enabled=scripts, base_url=site.address,
        )  # fmt: skip
        self._context.set_default_timeout(PATIENCE_MS)
        self.page = self._context.new_page()
        self.hands = (hands or Pointer)(self.page)
        if slow:
            self._context.new_cdp_session(self.page).send("Network.emulateNetworkConditions", SLOW_LINE)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)
        self.page.on(
            "response",
            lambda answer: self.faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )

    def leave(self):
        self._context.close()

    def say(self, words, **values):
        """``words`` as the page has them in this visitor's language."""
        with translation.override(self.language):
            return gettext(words) % values if values else gettext(words)

    def of_the_school(self, field):
        """What the school says of itself in this visitor's language."""
        with translation.override(self.language):
            return getattr(School.objects.get(), field)

    def opens(self, path):
        self.page.goto(path)

    def enters_as(self, role):
        """Come in by the demo's door."""
        self.presses(role, within=self.page.locator(".demo-roles"))
        # Whoever goes on before the door has opened keeps it from opening.
        expect(self.page.locator(".demo-roles [aria-pressed=true]")).to_have_text(self.say(role))

    def presses(self, words, *, within=None, **values):
        """Press the first visible link or button called ``words``, which are translated."""
        self.presses_what_is_called(self.say(words, **values), within=within)

    def presses_what_is_called(self, name, *, within=None):
        """Press the first visible link or button whose name is ``name``, which is not."""
        self.hands.press(self.control(name, within=within))

    def control(self, name, *, within=None):
        place = within or self.page.locator("body")
        name = re.compile(f"^\\s*{re.escape(name)}\\s*$")
        found = place.get_by_role("link", name=name).or_(place.get_by_role("button", name=name))
        return found.locator("visible=true").first

    def opens_menu(self, words, *, within=None):
        """Open the menu called ``words``, which are translated."""
        place = within or self.page.locator("body")
        self.hands.press(place.locator("summary").filter(has_text=self.say(words)).locator("visible=true").first)

    @contextmanager
    def timing(self):
        """What was done inside took so many seconds."""
        took, began = [], time.monotonic()
        yield lambda: took[0]
        took.append(time.monotonic() - began)

    def writes(self, label, text, *, context=""):
        """Fill the field labeled ``label``, which is translated."""
        self.hands.write(self.field(label, context=context), text)

    def field(self, label, *, context=""):
        """The field labeled ``label``, which is translated; it may say beside it that it is optional."""
        with translation.override(self.language):
            words = pgettext(context, label) if context else gettext(label)
        name = re.compile(f"^{re.escape(words)}\\s*({re.escape(self.say('optional'))})?$")
        return self.page.get_by_label(name).locator("visible=true").first

    def chooses(self, label):
        """Tick the box or the radio called ``label``, which is not translated."""
        self.hands.tick(self.page.get_by_label(label, exact=True).first)

    def sees(self, words, **values):
        """``words``, translated, stand on the page."""
        self.sees_text(self.say(words, **values))

    def sees_text(self, text, *, within=None):
        expect((within or self.page).get_by_text(text).locator("visible=true").first).to_be_visible()

    def sees_arrive(self, what, *, seconds=20):
        """
        ``what()`` gives something that comes to the page by itself; those without scripts look again.

        Returns how long it took.
        """
        began = time.monotonic()
        if self.has_scripts:
            expect(what()).to_be_visible(timeout=seconds * 1000)
        else:
            self.looks_again_until(lambda: what().is_visible(), seconds=seconds)
        return time.monotonic() - began

    def looks_again_until(self, is_so, *, seconds=20):
        until = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < until, (
                f"not within {seconds} s: {self.page.url}\n{self.page.inner_text('main')[:2_000]}"
            )
            self.page.wait_for_timeout(200)
            self.page.reload()

    def finds_mail(self, *, to, about, seconds=20):
        """The letter to ``to`` in the demo's mailbox whose subject or text says ``about``."""
        self.presses("Mailbox", within=self.page.locator(".demo"))
        letter = self.page.locator("article").filter(has_text=to).filter(has_text=about).first
        self.looks_again_until(letter.is_visible, seconds=seconds)
        return letter

    def in_language(self, what):
        """What ``what()`` says in this visitor's language."""
        with translation.override(self.language):
            return str(what())

    def badge(self, code):
        return self.in_language(lambda: Badge.objects.get(code=code).name)

    def is_above_the_fold(self, found):
        box = found.bounding_box()
        return box is not None and box["y"] + box["height"] <= HEIGHT

    def begins_above_the_fold(self, found):
        box = found.bounding_box()
        return box is not None and box["y"] < HEIGHT

    def presses_home(self):
        """By "Home", or where a page has no such place by the school's name."""
        self.hands.press(
            self.page.locator("header.bar a[href='/'], nav.thumbs a[href='/']").locator("visible=true").last
        )
        self.page.wait_for_url(self.site.address + "/")

    def presses_part_of(self, text, *, within):
        """Press the first visible link in whose name ``text`` stands."""
        self.hands.press(within.get_by_role("link", name=text).locator("visible=true").first)

    def opens_board(self):
        self.presses("Leaderboard")
        self.page.wait_for_url("**/leaderboard/**")

    def opens_inbox(self):
        self.hands.press(self.page.locator("a[href='/notifications/']").locator("visible=true").last)
        self.page.wait_for_url("**/notifications/")

    def unread(self):
        """The number at the bell."""
        shown = self.page.locator(".bell-count").locator("visible=true")
        return shown.first.inner_text() if shown.count() else ""

    def presses_pay(self):
        self.hands.press(self.page.locator("main form.form button").locator("visible=true").first)

    def approves(self, choice="approve"):
        """Choose on the provider's page how the payment ends, and press its one button."""
        # Asked again and again: a second click gives up the way there on which the first one was, and a wait for that one with it.
        expect(self.page).to_have_url(re.compile(f":{self.site.ports.sandbox}/"))
        self.hands.tick(self.page.locator(f"input[value={choice}]"))
        self.hands.press(self.page.locator("button.go"))

    def sees_points(self, points):
        """The note that ``points`` have come; only scripts have notes."""
        if not self.has_scripts:
            return 0
        return self.sees_arrive(lambda: self.page.locator("toast-list .toast").filter(has_text=f"+{points}").first)

    def becomes(self, member):
        """Be somebody without coming in by a door, where the story is about something else."""
        client = Client()
        # The first log-in by password hashes it in earnest, which ends the sessions made with the cheap hash of the tests.
        client.force_login(User.objects.get(pk=member.pk), backend=BACKEND)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self._context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.site.address}])

    def enters(self, member):
        """Log in as a teacher of the school, by the demo's door or by password."""
        if member.username == "ada":
            return self.enters_as("Teacher")
        self.opens("/account/login/")
        self.writes("Email address", member.email)
        self.writes("Password", TEACHERS_PASSWORD)
        return self.presses("Log in", within=self.page.locator("main"))

    def path(self):
        return self.page.url.removeprefix(self.site.address)

    def forgives(self, words):
        """Do not mind errors in the console that begin with ``words``: this journey breaks what they tell of."""
        self._forgiven.append(words)

    def _note(self, message):
        if message.type == "error" and not message.text.startswith(tuple(self._forgiven)):
            self.faults.append(message.text)


class Pointer:
    """Presses what can be seen."""

    def __init__(self, page):
        self.page = page

    def press(self, found):
        found.click()

    def write(self, found, text):
        found.fill(text)

    def tick(self, found):
        # The box itself may be drawn by its label.
        self.page.locator(f"label[for='{found.get_attribute('id')}']").first.click()


class Keyboard:
    """Reaches everything by Tab, and sees where it is."""

    def __init__(self, page):
        self.page = page

    def press(self, found):
        self._reach(found)
        self.page.keyboard.press("Enter")

    def write(self, found, text):
        self._reach(found)
        self.page.keyboard.insert_text(text)

    def tick(self, found):
        self._reach(found)
        self.page.keyboard.press("Space")

    def _reach(self, found):
        expect(found).to_be_attached()
        self._skip_to_content(found)
        # Nobody looks at each stop of a long way; the last ones are looked at, so that none is passed by.
        for _ in range(found.evaluate(STOPS_BETWEEN) - LOOKED_AT):
            self.page.keyboard.press("Tab")
        for _ in range(MOST_TABS):
            if found.evaluate("(element) => element === document.activeElement"):
                assert self.page.evaluate(IS_FOCUS_SEEN), f"the focus cannot be seen: {found}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {found}")

    def _skip_to_content(self, found):
        """By the page's first link, as those do who come to a page and want what is in it."""
        if found.evaluate("(element) => document.activeElement === document.body && !!element.closest('main')"):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.matches('.skip')"):
                self.page.keyboard.press("Enter")
