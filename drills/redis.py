"""
Stops the broker under a running site: pages, log-in, writing and buying must go on, and be caught up when it is back.

The site is started by ``./run demo`` in a folder of its own, with a small world, at a broker that this drill ends with -9.
"""

import html.parser
import http.cookiejar
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from community.launch import environment
from community.launch.valkey import Valkey
from drills.starting.places import ROOT, Failed, free_port, need

STANDS_ALONE = True
SLOWEST_SECONDS = 10
PASSWORD = "a lamp, a rope and a bell"

WHO = """
import json
from accounts.models import User
from courses.models import Course
from forum.models import Thread
from payments.models import Product, Entitlement
product = Product.objects.filter(subject__startswith="course:", price_minor__gt=0, withdrawn_at=None).order_by("pk").first()
key = product.subject
has = Entitlement.objects.filter(key=key).values("user_id")
buyer = User.objects.filter(is_staff=False, is_active=True).exclude(pk__in=has).exclude(taught_courses__isnull=False).order_by("-pk").first()
buyer.set_password(%r); buyer.save()
thread = Thread.objects.filter(audience__contains=["public"], closed_at=None).order_by("-pk").first()
print(json.dumps({"email": buyer.email, "user": buyer.username, "product": product.pk, "key": key,
    "course": Course.objects.get(pk=int(key.split(":")[1])).get_absolute_url(), "thread": thread.get_absolute_url(), "thread_id": thread.pk}))
"""
OWNS = """
from accounts.models import User
from core.audience import keys_of
print(%r in keys_of(User.objects.get(email=%r)))
"""
BEHIND = """
from core.events.listening import Listener
from core.events.models import Cursor
from core.events import sequencing
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT last FROM events_sequencer")
    [last] = cursor.fetchone()
behind = max((last - one.position for one in Cursor.objects.filter(listener__in=Listener.known)), default=0)
print(behind + sequencing.is_anything_waiting())
"""


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="lyceum-redis-"))
    folder.chmod(0o711)
    drill = Drill(folder)
    try:
        drill.run()
    except Failed as failed:
        print(f"FAILED: {failed}")
        return 1
    else:
        print("passed: with Redis gone everything went on, and what waited for it was caught up")
        return 0
    finally:
        drill.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Drill:
    def __init__(self, folder):
        self.folder = folder
        self.broker = self.site = None

    def run(self):
        self.start()
        world = json.loads(self.shell(WHO % PASSWORD))
        self.broker.kill()
        self.broker.wait()
        visitor = Visitor(self.address)
        need(
            visitor.get("/readyz", kept=False)[1] == '{"database": "ok", "redis": "unreachable"}',
            "the site does not know that Redis is gone",
        )
        self.act(visitor, world)
        slowest = max(visitor.took, key=visitor.took.get)
        print(
            f"{len(visitor.took)} requests without Redis; the slowest, {slowest}, took {visitor.took[slowest]:.1f} s",
            flush=True,
        )
        need(visitor.took[slowest] <= SLOWEST_SECONDS, "that is too slow")
        self.start_broker()
        began = time.monotonic()
        while self.shell(BEHIND) != "0":
            need(time.monotonic() - began < 180, "the listeners did not catch up within 180 s")
        print(f"caught up {time.monotonic() - began:.0f} s after Redis was back", flush=True)

    def act(self, visitor, world):
        status, page = visitor.submit("/account/login/", {"login": world["email"], "password": PASSWORD})
        need(status == 200 and "/account/logout/" in page, "log-in failed")
        print("logged in", flush=True)
        for path in (
            "/",
            "/courses/",
            world["course"],
            "/community/",
            world["thread"],
            "/search/?q=SQL",
            "/me/",
            f"/members/{world['user']}/",
            "/leaderboard/",
            "/notifications/",
            "/orders/",
            "/settings/profile/",
            "/membership/",
        ):
            status, page = visitor.get(path)
            need(status == 200 and "</html>" in page, f"{path} answered {status}")
        print("read every kind of page", flush=True)
        status, page = visitor.submit(
            "/community/ask/", {"title": "Does anybody hear this?", "body": "Nothing rings, and I can still write."}
        )
        need(status == 200 and "Nothing rings, and I can still write." in page, f"asking a question answered {status}")
        answered = visitor.get(world["thread"])[1]
        path = f"/t/{world['thread_id']}/write/"
        status, page = visitor.submit(path, {"body": "An answer without a bell."}, page=answered)
        need(status == 200 and "An answer without a bell." in page, f"answering answered {status}")
        print("asked and answered", flush=True)
        self.buy(visitor, world)

    def buy(self, visitor, world):
        _, till = visitor.submit(f"/checkout/{world['product']}/", {"act": "pay"})
        need("choice" in till, "the checkout did not lead to the sandbox")
        status, _ = visitor.submit(visitor.at, {"choice": "approve"}, page=till)
        need(status == 200, f"the way back from the sandbox answered {status}")
        need(self.shell(OWNS % (world["key"], world["email"])) == "True", "paid, and the course is not open")
        print("bought a course, and it is open", flush=True)

    def start(self):
        self.start_broker()
        self.env = {
            **os.environ,
            "LYCEUM_VAR": str(self.folder / "var"),
            "LYCEUM_VENV": str(environment.VENV),
            "REDIS_URL": self.valkey.url,
        }
        for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL"):
            self.env.pop(name, None)
        with (self.folder / "said").open("wb") as said:
            self.site = subprocess.Popen(
                [sys.executable, "run", "demo", "--empty", "--still", "--port", str(free_port())], cwd=ROOT, env=self.env,
                stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 180
        while "is open at " not in (text := (self.folder / "said").read_text()):
            need(self.site.poll() is None and time.monotonic() < until, f"the site did not open: {text[-300:]}")
            time.sleep(0.2)
        self.address = text.split("is open at ")[1].split()[0]
        self.env |= json.loads((self.folder / "var" / "running.json").read_text())["env"]
        self.manage("demo_world", "--members", "90", "--courses", "9", "--posts", "900")
        print(f"a small world stands at {self.address}", flush=True)

    def start_broker(self):
        self.valkey = Valkey(self.folder / "valkey", durable=False)
        log = self.folder / "valkey.log"
        with log.open("ab") as said:
            self.broker = subprocess.Popen(self.valkey.command(), stdout=said, stderr=said, start_new_session=True)
        self.valkey.wait(is_alive=lambda: self.broker.poll() is None, log=log)

    def manage(self, *arguments):
        done = subprocess.run(
            [environment.PYTHON, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        need(done.returncode == 0, f"manage.py {arguments[0]}: {done.stderr[-500:]}")
        return done.stdout

    def shell(self, script):
        return self.manage("shell", "--no-imports", "-v0", "-c", script).strip().splitlines()[-1]

    def stop(self):
        for process, number in ((self.site, signal.SIGINT), (self.broker, signal.SIGTERM)):
            if process is not None and process.poll() is None:
                process.send_signal(number)
                process.wait(timeout=60)


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, address):
        self.address = self.at = address
        self.took = {}
        self._jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self._jar)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        self._opener.addheaders = [("Accept-Language", "en")]

    def keep(self, name, value):
        """Keep a cookie as if the site had set it."""
        host = urllib.parse.urlsplit(self.address).hostname
        self._jar.set_cookie(
            http.cookiejar.Cookie(
                0, name, value, None, False, host, False, False, "/", True, False, None, True, None, None, {}
            )
        )  # fmt: skip

    def get(self, path, *, kept=True):
        return self._ask(path, None, kept=kept)

    def submit(self, path, fields, *, page=None):
        """Fill in the form of ``page`` (fetched first if it is not given) that has these fields, and send it."""
        page = page if page is not None else self.get(path)[1]
        form = Forms.of(page, fields)
        need(form is not None or self.address not in self.at, f"{path} has no form with {', '.join(fields)}")
        return self._ask(path, {**(form or {}), **fields})

    def _ask(self, path, fields, *, kept=True):
        url = urllib.parse.urljoin(self.address, path)
        data = None if fields is None else urllib.parse.urlencode(fields, doseq=True).encode()
        began = time.monotonic()
        try:
            with self._opener.open(urllib.request.Request(url, data, {"Referer": url}), timeout=60) as answer:
                status, page, self.at = answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as error:
            status, page = error.code, error.read().decode(errors="replace")
        if kept:
            self.took[f"{'POST' if data else 'GET'} {path}"] = time.monotonic() - began
        return status, page


class Forms(html.parser.HTMLParser):
    """The forms of a page, with what stands in them."""

    def __init__(self):
        super().__init__()
        self.found = []

    @classmethod
    def of(cls, page, fields):
        """The values of the first form that has one of ``fields``, and no other button pressed."""
        reader = cls()
        reader.feed(page)
        for values, names in reader.found:
            if set(fields) & names:
                return values
        return None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.found.append(({}, set()))
        name = given.get("name")
        if not self.found or not name:
            return
        values, names = self.found[-1]
        names.add(name)
        is_set = tag == "input" and given.get("type") not in {"submit", "button"}
        if is_set and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            values[name] = given.get("value") or ""


if __name__ == "__main__":
    sys.exit(main())
