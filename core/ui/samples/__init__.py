"""Content for the styleguide: the same small school in both languages. No page of the site uses it."""

from typing import Any

from core.ui.samples import learning, member, parts, talk

PAGES = {
    "welcome": learning.welcome,
    "catalogue": learning.catalogue,
    "course": learning.course_page,
    "lesson": learning.lesson,
    "checkout": learning.checkout,
    "board": talk.board,
    "thread": talk.thread,
    "home": member.home,
    "leaderboard": member.leaderboard,
    "notifications": member.notifications,
    "profile": member.profile,
    "settings": member.settings,
    "survey": member.survey,
    "studio": member.studio,
}


def components() -> dict[str, Any]:
    """Return what the page of components shows."""
    return parts.components() | {"page_names": list(PAGES)}


def page(*, name: str) -> dict[str, Any]:
    """Return what the reference page ``name`` shows."""
    return PAGES[name]()
