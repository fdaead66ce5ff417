"""The bar on top of a demo site's pages: whom one can be, and what to try then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.web.naming import address_of

address = lazy(address_of, str)
NEWCOMER = "newcomer"


class Try(NamedTuple):
    """Something to try, and where."""

    words: str | Promise
    url: str | Promise


class Person(NamedTuple):
    """Somebody of the demo world: how they are found, what they are called, and in which language they live here."""

    username: str
    name: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Role:
    """What one can be by one click; the newcomer is somebody new each time."""

    code: str
    label: str | Promise
    people: Sequence[Person]
    tries: Sequence[Try]

    @property
    def person(self) -> Person | None:
        """Who that is on a page in this language: one who learns in it, where there is one."""
        return next((one for one in self.people if one.language == get_language()), next(iter(self.people), None))

    @property
    def usernames(self) -> list[str]:
        """Everybody who plays this part."""
        return [one.username for one in self.people]


_STUDIO, _DESK, _COURSES, _FORUM = (
    address(name) for name in ("studio:home", "admin:index", "courses:list", "forum:list")
)

ROLES = (
    Role(
        code="teacher", label=_("Teacher"), people=[Person("ada", "林知远 Ada Lin", "zh-hans")],
        tries=(
            Try(_("Answer a question that waits in the studio"), _STUDIO),
            Try(_("See in which lesson learners stop"), _STUDIO),
            Try(_("Change a lesson; learners see it at once"), _STUDIO),
        ),
    ),
    Role(
        code="buyer", label=_("Buyer"), people=[Person("ben", "Ben Hartley", "en"), Person("mujin", "穆金", "zh-hans")],
        tries=(
            Try(_("Complete the next lesson and watch the points arrive"), address("home")),
            Try(_("Buy a course with play money and the code WELCOME, or let the card be declined"), _COURSES),
            Try(_("Ask something under a lesson, then enter as its teacher"), address("courses:learning")),
        ),
    ),
    Role(
        code=NEWCOMER, label=_("Newcomer"), people=[],
        tries=(
            Try(_("Say what interests you and see the home page follow"), address("surveys:onboarding")),
            Try(_("Read a first lesson for free"), _COURSES),
            Try(_("Find a letter of welcome in the mailbox"), address("demo:mailbox")),
        ),
    ),
    Role(
        code="moderator", label=_("Moderator"), people=[Person("dora", "温朵 Dora Wen", "zh-hans")],
        tries=(
            Try(_("Decide on the two advertisements that were reported"), _DESK),
            Try(_("Hide one with a reason; its author is told"), _DESK),
            Try(_("Restore it and find it where it was"), _FORUM),
        ),
    ),
    Role(
        code="owner", label=_("Owner"), people=[Person("eli", "易黎 Eli Yi", "zh-hans")],
        tries=(
            Try(_("See what happened today"), _DESK),
            Try(_("Give the school another name or another ink"), _DESK),
            Try(_("Look up who leads this week"), address("gamification:board")),
        ),
    ),
)  # fmt: skip
