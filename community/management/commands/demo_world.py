"""Makes the demo world."""

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from community.demo.making import AlreadyBeingMade, making
from community.demo.world.building import build
from community.demo.world.fingerprint import fingerprint
from community.demo.world.plan import Plan, last_minute, measured


class Command(BaseCommand):
    """The same seed and day give the same world; it needs an empty site in demo settings."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the last day of the world; it ends at noon UTC of it, else now"
        )
        parser.add_argument("--members", type=int, default=200)
        parser.add_argument("--courses", type=int, default=30)
        parser.add_argument("--posts", type=int, default=5000)
        parser.add_argument(
            "--bench",
            action="store_true",
            help="a large world for measuring: 20,000 members, 300 courses, 1,000,000 facts; other sizes are not looked at",
        )
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are people already")
        parser.add_argument("--fingerprint", action="store_true", help="print the SHA-256 over all tables at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("A demo world is made in demo settings only.")
        if User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are people here already. ./run demo --fresh begins again.")
        seed, now = options["seed"], last_minute(options["today"])
        sizes = {name: options[name] for name in ("members", "courses", "posts")}
        plan = measured(seed=seed, now=now) if options["bench"] else Plan(seed=seed, now=now, **sizes)
        self._began = time.monotonic()
        try:
            with making():
                build(plan, say=self._say)
        except AlreadyBeingMade as other:
            raise CommandError("Another process is making a world here at this moment.") from other
        if options["fingerprint"]:
            self.stdout.write(fingerprint())

    def _say(self, words: str) -> None:
        self.stdout.write(f"· {time.monotonic() - self._began:5.1f} s  {words}")
        self.stdout.flush()
