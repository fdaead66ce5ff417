"""Content for the styleguide: the same small school in both languages. No page of the site uses it."""

from typing import Any

from core.ui.samples import buying, learning, member, parts, reading, talk

PAGES = {
    "welcome": buying.welcome,
    "catalogue": learning.catalogue,
    "course": buying.course_page,
    "lesson": reading.lesson,
    "checkout": buying.checkout,
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
