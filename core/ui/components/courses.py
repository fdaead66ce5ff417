"""The card of a course: of these there are twenty-four on a page, so it is filled and not drawn anew."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.ui.components.content import cover, lessons, price, stars, why
from core.ui.components.figures import progress
from core.ui.components.people import person
from core.ui.formats import duration
from core.ui.library import register
from core.ui.stencils import Stencil

_ASIS = ("url", "title", "lang", "topic", "why_cheaper")
_CARD = Stencil(
    "components/course_card.html",
    slots=(*_ASIS, "cover", "why", "lessons", "duration", "stars", "teacher", "progress", "is_included", "price"),
)


@register.simple_tag
def course_card(*, course: Mapping[str, Any]) -> SafeString:
    """
    Draw the card of ``course``: url, title, lang, cover_url, topic, lessons, minutes, mean, ratings, teacher (name, picture_url), amount,
    currency, was, why_cheaper.

    ``done`` (lessons finished) shows progress instead of the price; ``is_included`` says that the viewer's membership has it, ``why`` is the
    reason why it is here.
    """
    teacher, done = course["teacher"], course.get("done")
    return _CARD.filled(
        {
            **{slot: course.get(slot, "") for slot in _ASIS},
            "cover": cover(title=course["title"], picture_url=course.get("cover_url", "")),
            "why": why(text=course["why"]) if course.get("why") else "",
            "lessons": lessons(course["lessons"]),
            "duration": duration(course["minutes"]),
            "stars": stars(mean=course.get("mean"), count=course.get("ratings") or 0),
            "teacher": person(name=teacher["name"], picture_url=teacher.get("picture_url", "")),
            "progress": "" if done is None else _progress(done, course["lessons"]),
            "is_included": "yes" if course.get("is_included") else "",
            "price": price(amount=course["amount"], currency=course["currency"], was=course.get("was")),
        }
    )


def _progress(done: int, of: int) -> SafeString:
    return progress(done=done, total=of, label=gettext("Your progress"), shown=True)
