"""Content for the styleguide: the same small school in both languages. No page of the site uses it."""

from typing import Any

from core.ui.samples import buying, home, learning, member, news, parts, reading, studio, talk

PAGES = {
    "welcome": buying.welcome,
    "catalogue": learning.catalogue,
    "course": buying.course_page,
    "lesson": reading.lesson,
    "checkout": buying.checkout,
    "board": talk.board,
    "thread": talk.thread,
    "home": home.home,
    "leaderboard": home.leaderboard,
    "notifications": news.notifications,
    "profile": member.profile,
    "settings": member.settings,
    "survey": member.survey,
    "studio": studio.studio,
}


def components() -> dict[str, Any]:
    """Return what the page of components shows."""
    return parts.components() | {"page_names": list(PAGES)}


def page(*, name: str) -> dict[str, Any]:
    """Return what the reference page ``name`` shows."""
    return PAGES[name]()
