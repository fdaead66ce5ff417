"""
Buyers at a whole site, over HTTP: from the click on "Pay" until the page of the paid lesson opens.

A process of its own in the environment of the site, so that it makes sessions that the site knows. ``python -m
benchmarks.buying.street SECONDS BUYERS`` prints one JSON line for each turn and ends with 1 if anything is not as it should be.
"""

import http.client
import itertools
import json
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

import courses.operations
import payments.operations
from accounts.models import User
from core.events.models import OutboxMessage
from ledger.verification import verify
from payments.models import Entitlement, Order, Product

PEOPLE, PRICE = 4_000, 19_900
PAID_WORDS = "Only who has paid reads this sentence."
LOOKS_EVERY, PATIENCE = 0.05, 60.0
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')


class WrongAnswer(Exception):
    """Something answered that no buyer should meet; nothing measured with it would mean anything."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is sold: where it is paid for, and where it opens."""

    checkout: str
    lesson: str
    key: str


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    where: str
    body: bytes


class Browser:
    """One member with connections of their own that stay open, and no JavaScript."""

    def __init__(self, session: str) -> None:
        self._cookies = {settings.SESSION_COOKIE_NAME: session}
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def get(self, url: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", url, None)

    def post(self, url: str, **fields: str) -> Answer:
        """Send a form."""
        return self._ask("POST", url, urlencode(fields).encode())

    def close(self) -> None:
        """Let go of every connection."""
        for one in self._connections.values():
            one.close()

    def _ask(self, method: str, url: str, body: bytes | None) -> Answer:
        parts = urlsplit(url)
        connection = self._connections.setdefault(parts.netloc, http.client.HTTPConnection(parts.netloc, timeout=60))
        headers = {"Accept-Language": "en", "Content-Type": "application/x-www-form-urlencoded"}
        if url.startswith(settings.SITE_URL):
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Answer(answer.status, answer.headers.get("Location", ""), answer.read())


def main(seconds: float, buyers: int) -> int:
    """Let one person buy, then several at once; half of the turns end at the provider's page, half come back from it."""
    place, people = furnish(), iter(members())
    Turn(place, people, buyers=buyers, comes_back=False).take(seconds=0.5)
    for at_once, comes_back in itertools.product((1, buyers), (True, False)):
        turn = Turn(place, people, buyers=at_once, comes_back=comes_back)
        elapsed = turn.take(seconds=seconds)
        told = {"buyers": at_once, "comes_back": comes_back, "elapsed": elapsed, "took": turn.took}
        print(json.dumps(told), flush=True)
    wrong = faults(place)
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


class Turn:
    """So many people who buy one after the other, at once."""

    def __init__(self, place: Place, people: Iterator[str], *, buyers: int, comes_back: bool) -> None:
        self._place, self._people, self._buyers, self._comes_back = place, people, buyers, comes_back
        self._next = threading.Lock()
        self.took: list[float] = []
        self._faults: list[Exception] = []

    def take(self, *, seconds: float) -> float:
        """Let them buy for so long; how long it took until the last one was in. The first fault ends it."""
        began = time.perf_counter()
        threads = [threading.Thread(target=self._buy_until, args=(began + seconds,)) for _ in range(self._buyers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._faults:
            raise self._faults[0]
        return time.perf_counter() - began

    def _buy_until(self, until: float) -> None:
        try:
            while time.perf_counter() < until and not self._faults:
                with self._next:
                    session = next(self._people)
                self.took.append(buy(self._place, session, comes_back=self._comes_back))
        except Exception as fault:  # noqa: BLE001 - raised again in the thread that waits
            self._faults.append(fault)


def buy(place: Place, session: str, *, comes_back: bool) -> float:
    """Buy as people do, and give the milliseconds from the click on "Pay" until the lesson was open."""
    browser = Browser(session)
    try:
        page = browser.get(place.checkout)
        token = TOKEN.search(page.body)
        if page.status != http.client.OK or token is None:
            raise WrongAnswer(f"the checkout answered {page.status}")
        began = time.perf_counter()
        _pay(browser, place, token[1].decode(), comes_back=comes_back)
        _wait_until_open(browser, place)
        return (time.perf_counter() - began) * 1000
    finally:
        browser.close()


def _pay(browser: Browser, place: Place, token: str, *, comes_back: bool) -> None:
    asked = browser.post(place.checkout, csrfmiddlewaretoken=token, way="sandbox", act="pay", code="", seen=str(PRICE))
    if asked.status != http.client.SEE_OTHER or not asked.where.startswith(settings.SANDBOX_URL):
        raise WrongAnswer(f"the click on pay answered {asked.status} {asked.where}")
    if browser.get(asked.where).status != http.client.OK:
        raise WrongAnswer("the provider has no page for it")
    paid = browser.post(asked.where, choice="approve")
    if paid.status != http.client.SEE_OTHER:
        raise WrongAnswer(f"the provider answered {paid.status}")
    if comes_back and browser.get(paid.where).status != http.client.OK:
        raise WrongAnswer("there is no page to come back to")


def _wait_until_open(browser: Browser, place: Place) -> None:
    until = time.perf_counter() + PATIENCE
    while PAID_WORDS.encode() not in browser.get(place.lesson).body:
        if time.perf_counter() > until:
            raise WrongAnswer(f"paid, and not open after {PATIENCE:.0f} s")
        time.sleep(LOOKS_EVERY)


def furnish() -> Place:
    """A course of one lesson that must be paid for."""
    ada = User.objects.create(email="ada@example.test", username="ada", handle_skeleton="ada", name="Ada")
    course = courses.operations.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
    lesson = courses.operations.add_lesson(course=course, section="One", title="The second", source=PAID_WORDS)
    product = payments.operations.set_price(
        kind="course", subject=course.key, title="Coffee", amount=PRICE, currency="CNY", creator=ada, by=ada
    )
    courses.operations.publish_course(course=course, by=ada)
    site = settings.SITE_URL
    lesson.refresh_from_db()
    return Place(
        checkout=site + product.get_absolute_url(), lesson=site + lesson.get_absolute_url(), key=product.subject
    )


def members() -> list[str]:
    """The sessions of people who have bought nothing yet."""
    User.objects.bulk_create(
        User(email=f"b{n}@example.test", username=f"buyer{n}", handle_skeleton=f"buyer{n}", name=f"Buyer {n}")
        for n in range(PEOPLE)
    )
    return [_session_of(user) for user in User.objects.filter(username__startswith="buyer").order_by("pk")]


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def faults(place: Place) -> list[str]:
    """What is not as it must be when all is worked off: one order, one receipt and one key for each who paid, and the books right."""
    waiting = OutboxMessage.objects.filter(kind__startswith="payments.", done_at=None)
    until = time.monotonic() + PATIENCE
    while waiting.exists() and time.monotonic() < until:
        time.sleep(0.2)
    product = Product.objects.get(subject=place.key)
    paid = Order.objects.filter(lines__product=product, state="paid", receipt_number__isnull=False)
    held = Entitlement.objects.live().filter(key=place.key, cause="purchase")
    counts = {
        "paid orders": paid.count(), "buyers who paid": paid.values("buyer").distinct().count(),
        "buyers with the key": held.values("user").distinct().count(), "keys": held.count(),
        "orders": Order.objects.filter(lines__product=product).count(),
    }  # fmt: skip
    different = [f"{counts}"] if len(set(counts.values())) > 1 else []
    return different + [violation for _, finding in verify() for violation in finding.violations]


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
