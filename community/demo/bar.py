"""The bar on top of a demo site's pages: whom one can be, and what to try then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from core.web.naming import address_of

address = lazy(address_of, str)
NEWCOMER = "newcomer"


class Try(NamedTuple):
    """Something to try, and where."""

    words: str | Promise
    url: str | Promise


@dataclass(frozen=True, kw_only=True)
class Role:
    """Somebody whom one can be by one click; the newcomer is somebody new each time."""

    code: str
    username: str
    label: str | Promise
    who: str
    who_language: str = "en"
    tries: Sequence[Try]


_STUDIO, _DESK, _COURSES, _FORUM = (
    address(name) for name in ("studio:home", "admin:index", "courses:list", "forum:list")
)

ROLES = (
    Role(
        code="teacher", username="ada", label=_("Teacher"), who="林知远 Ada Lin", who_language="zh-hans",
        tries=(
            Try(_("Answer a question that waits in the studio"), _STUDIO),
            Try(_("See in which lesson learners stop"), _STUDIO),
            Try(_("Change a lesson; learners see it at once"), _STUDIO),
        ),
    ),
    Role(
        code="buyer", username="ben", label=_("Buyer"), who="Ben Hartley",
        tries=(
            Try(_("Complete the next lesson and watch the points arrive"), address("home")),
            Try(_("Buy a course with play money, or let the card be declined"), _COURSES),
            Try(_("Ask something under a lesson, then enter as its teacher"), address("courses:learning")),
        ),
    ),
    Role(
        code=NEWCOMER, username="", label=_("Newcomer"), who="",
        tries=(
            Try(_("Say what interests you and see the home page follow"), address("surveys:onboarding")),
            Try(_("Read a first lesson for free"), _COURSES),
            Try(_("Find a letter of welcome in the mailbox"), address("demo:mailbox")),
        ),
    ),
    Role(
        code="moderator", username="dora", label=_("Moderator"), who="温朵 Dora Wen", who_language="zh-hans",
        tries=(
            Try(_("Decide on the two advertisements that were reported"), _DESK),
            Try(_("Hide one with a reason; its author is told"), _DESK),
            Try(_("Restore it and find it where it was"), _FORUM),
        ),
    ),
    Role(
        code="owner", username="eli", label=_("Owner"), who="易黎 Eli Yi", who_language="zh-hans",
        tries=(
            Try(_("See what happened today"), _DESK),
            Try(_("Give the school another name or another ink"), _DESK),
            Try(_("Look up who leads this week"), address("gamification:board")),
        ),
    ),
)  # fmt: skip
