"""The first day of a school: before it is open, and once it is and nobody has said or sold anything yet."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from accounts.models import User
from accounts.operations import join
from community.access import Answer, Persona, Row, table
from community.access.stage import Stage
from community.opening import tokens
from community.opening.operations import Owner, open_school

from .shots import SEEN, Shot

P = Persona
NOT_OF_THIS_DAY = ("account_", "mfa_", "usersessions", "socialaccount", "styleguide:", "demo:", "offline", "legal")
"""They look on the first day as they do on every other."""
AT_WORK = {P.TEACHER, P.MODERATOR, P.OWNER}


class FirstDay(Stage):
    """The owner does all the work, and whoever else has come is new."""

    @cached_property
    def people(self) -> dict[Persona, User | None]:
        """Who stands for whom: nobody has bought, taught or been sent away yet."""
        owner, newcomer = User.objects.get(is_superuser=True), User.objects.get(is_superuser=False)
        return {who: owner if who in AT_WORK else None if who is P.GUEST else newcomer for who in Persona}


@dataclass(frozen=True)
class _Page:
    title: str
    address: str
    status: int = 200


def before(*, widths: list[int], languages: list[str]) -> list[Shot]:
    """What whoever installed it sees: the closed front page, the page that opens it, and an address that opens nothing."""
    pages = [
        _Page("home (not open yet)", reverse("home")),
        _Page("opening:begin", reverse("opening:begin", args=[tokens.new_token()])),
        _Page("opening:begin (no such token)", reverse("opening:begin", args=["no-such-token"]), 404),
    ]
    return [
        Shot(
            title=page.title, address=page.address, status=page.status, persona=P.GUEST, width=width, language=language
        )
        for language in languages
        for width in widths
        for page in pages
    ]


def open_it(language: str) -> FirstDay:
    """Open the school as its owner would, and let one person join."""
    owner = Owner(name="Eli", email="eli@school.test", password="seven boats on a pond")  # noqa: S106 - of nobody
    open_school(owner=owner, name="Paper Boats", language=language, currency="CNY", accent="indigo")
    join(user=User(name="Cleo", email="cleo@school.test", language=language), is_verified=True)
    return FirstDay()


def pages(stage: FirstDay) -> list[Row]:
    """Every page of the table that needs nothing to be there."""
    return [
        row for row in table() if row.method == "GET" and row.seen_by and _needs_nothing(row) and _is_seen(row, stage)
    ]


def _needs_nothing(row: Row) -> bool:
    return not row.fill and not row.path and not callable(row.query) and not row.name.startswith(NOT_OF_THIS_DAY)


def _is_seen(row: Row, stage: FirstDay) -> bool:
    answer: Answer = row.answer_in(stage, row.seen_by or P.GUEST)
    return answer in SEEN
