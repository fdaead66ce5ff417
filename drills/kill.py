"""
Kills web, worker and provider with -9 in the middle of checkouts, messages and refunds; nothing may be lost and nothing doubled.

A web process, a worker and the sandbox, each a process of its own on a database of its own. At every named point one buyer buys,
by the pages; odd ones ask for the money back. Whoever dies is started again, as a supervisor would, and the buyer tries again, as
people do. Then the same with kills at random times. Afterwards each buyer holds what they have paid for and no more, the books equal
the provider's, and ``ledger_verify`` is clean. The control kills nobody and forgets one sale: it must be noticed.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
import urllib.error
from contextlib import ExitStack
from pathlib import Path

from drills.ground.databases import migrated
from drills.killing import books
from drills.killing.parties import Parties
from drills.killing.points import POINTS
from drills.redis import Visitor
from drills.starting.places import Failed, need

KEYS = {"SANDBOX_SECRET_KEY": "sk_sandbox_0123456789abcdef", "SANDBOX_WEBHOOK_SECRET": "whsec_sandbox_0123456789abcdef"}
PATIENCE = 60
AMOUNT = 19900


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="./run drills kill")
    parser.add_argument("--random", type=int, default=10, help="how many kills at random times")
    options = parser.parse_args(arguments)
    with migrated("drill_kill") as env, tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        drill = Drill(Path(folder), env)
        stack.callback(drill.parties.stop)
        try:
            drill.run(options.random)
        except Failed as failed:
            print(f"FAILED: {failed}")
            return 1
    print("passed: nothing was lost, nothing doubled")
    return 0


class Drill:
    def __init__(self, folder, env):
        self.parties = Parties(folder)
        os.environ.update(
            {
                **env,
                **KEYS,
                **self.parties.addresses,
                "LYCEUM_ENVIRONMENT": "test",
                "DJANGO_SETTINGS_MODULE": "community.settings",
            }
        )
        import django

        django.setup()
        self.buyers = []

    def run(self, times):
        self.furnish()
        for who in ("sandbox", "web", "worker"):
            self.parties.start(who)
        for number, name in enumerate(POINTS):
            self.point(name, gives_back="refund" in name or "given it back" in name or number % 2 == 1)
            print(f"· {name}: {POINTS[name].who} died, and all is well", flush=True)
        self.closes_the_page = False
        self.parties.end("web")
        self.parties.start("web")
        for number in range(times):
            who = random.choice(["web", "worker", "sandbox"])
            delay = random.uniform(0.0, 1.5)
            self.at_random(who, delay, gives_back=number % 2 == 1)
            print(f"· {who} died {delay:.2f} s after the click, and all is well", flush=True)
        self.until(lambda: not self.waiting(), "the outbox did not become empty")
        books.agree(self.buyers, AMOUNT)
        print("· every buyer holds what they paid for; the provider's list and the books agree", flush=True)
        books.control()
        print(f"{len(self.buyers)} purchases, {self.parties.deaths} processes ended with -9", flush=True)

    def point(self, name, *, gives_back):
        whose = POINTS[name].who
        for who in ("web", "worker"):
            self.parties.end(who)
            # What the web process works off with its answer no worker sees.
            self.parties.start(who, dies_at=name if who == whose else "", leaves_messages=whose == "worker")
        before = self.parties.deaths
        self.purchase(gives_back=gives_back)
        # Who dies after the deed may outlive it by a moment.
        self.until(lambda: self.parties.deaths > before, f"nobody died where {name}")

    def at_random(self, who, delay, *, gives_back):
        strike = threading.Timer(delay, self.parties.strike, [who])
        strike.start()
        try:
            self.purchase(gives_back=gives_back)
        finally:
            strike.join()
            self.parties.revive()

    def purchase(self, *, gives_back):
        buyer, visitor = self.next_buyer()
        till = self.retried(lambda: self.to_the_till(visitor))
        self.retried(lambda: self.approve(visitor, till))
        self.until(lambda: books.holds(buyer), "paid, and the course is not open")
        if gives_back:
            self.retried(lambda: self.give_back(visitor, buyer))
            self.until(lambda: not books.holds(buyer) and not books.is_due(buyer), "given back, and not settled")
        self.buyers.append((buyer, gives_back))

    def to_the_till(self, visitor):
        _, page = visitor.submit(f"/checkout/{self.product}/", {"way": "sandbox"})
        # An attempt without an answer sends the buyer to the order's page, from which one goes on.
        need('name="choice"' in page, f"the checkout led to {visitor.at}")
        return visitor.at, page

    def approve(self, visitor, till):
        if self.closes_the_page:
            from payments.tests.parties import ask

            status, _, _ = ask("POST", till[0], {"choice": "approve"})
            need(status == 303, f"the provider answered {status}")
        else:
            status, _ = visitor.submit(till[0], {"choice": "approve"}, page=till[1])
            need(status == 200, f"the way back answered {status}")

    def give_back(self, visitor, buyer):
        from payments.models import Order

        order = Order.objects.get(buyer=buyer)
        if order.state == "paid":
            status, page = visitor.submit(f"{order.get_absolute_url()}refund/", {"reason": ""})
            need(status == 200, f"asking the money back answered {status}: {page[:80]}")

    def retried(self, act):
        """What people do whose page did not come: wait a moment, look, try again."""
        until = time.monotonic() + PATIENCE
        while True:
            self.parties.revive()
            try:
                return act()
            except (urllib.error.URLError, ConnectionError, OSError, Failed) as failed:
                need(time.monotonic() < until, f"it never went on: {failed}")
                time.sleep(0.3)

    def until(self, check, words):
        until = time.monotonic() + PATIENCE
        while not check():
            need(time.monotonic() < until, words)
            self.parties.revive()
            self.hurry()
            time.sleep(0.1)

    def waiting(self):
        from core.events.models import OutboxMessage

        self.hurry()
        return OutboxMessage.objects.filter(kind__startswith="payments.", done_at=None).count()

    def hurry(self):
        """Let a minute pass: the lease of whoever died is over, and providers may be asked again."""
        from django.utils import timezone

        from core.events.models import OutboxMessage
        from payments.models import Payment

        now = timezone.now()
        if self.parties.died_at and time.monotonic() - self.parties.died_at > 2:
            OutboxMessage.objects.filter(done_at=None, leased_until__gt=now).update(leased_until=now)
            OutboxMessage.objects.filter(done_at=None, due_at__gt=now).update(due_at=now)
            Payment.objects.filter(ask_at__gt=now).update(ask_at=now)
            self.parties.died_at = None

    closes_the_page = True
    """Whether buyers close the provider's page at once, so that only the message tells that they have paid."""

    def furnish(self):
        from accounts.models import User
        from payments.operations import set_price

        ada = User.objects.create(email="ada@example.test", username="ada", handle_skeleton="ada", name="Ada")
        self.product = set_price(
            kind="book", subject="course:1", title="Coffee", amount=AMOUNT, currency="CNY", creator=ada, by=ada
        ).pk

    def next_buyer(self):
        from importlib import import_module

        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

        from accounts.models import User

        number = len(self.buyers)
        name = f"buyer{number}x{self.parties.deaths}"
        buyer = User.objects.create(email=f"{name}@example.test", username=name, handle_skeleton=name, name=name)
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(buyer.pk), buyer.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session.save()
        visitor = Visitor(f"http://127.0.0.1:{self.parties.ports['web']}")
        visitor.keep(settings.SESSION_COOKIE_NAME, session.session_key)
        return buyer, visitor


if __name__ == "__main__":
    sys.exit(main())
