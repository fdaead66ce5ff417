"""The sentences of reasons; each is true or absent."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from core.text import in_language, within_quotes
from recsys import kinds, rules
from topics.models import Topic

from .interests import Stated

Names = tuple[str, str]
"""What something is called in Chinese and in English."""


def because_of(name: str, title: str, weight: float) -> str:
    """What the member did with the thing called ``name``, as strongly as ``weight`` says."""
    if name.startswith("lesson:"):
        finished = weight >= rules.COMPLETED_LESSON
        words = _("Because you finished “%(title)s”") if finished else _("Because you read “%(title)s”")
    elif name.startswith("course:"):
        words = _("Because you study “%(title)s”")
    else:
        took_part = weight > rules.VIEWED_THREAD
        words = _("Because you took part in “%(title)s”") if took_part else _("Because you read “%(title)s”")
    return words % {"title": within_quotes(title)}


def stated_topic(item: kinds.Item, stated: Mapping[int, Stated]) -> int | None:
    """The topic of ``item`` for which the member said most, by its id; None when they said nothing of any."""
    known = [topic.pk for topic in item.topics if topic.pk in stated] if not item.topic_ids.isdisjoint(stated) else []
    return max(known, key=lambda one: stated[one].weight) if known else None


def names_of(topic: int, item: kinds.Item) -> Names:
    """What the one of the topics of ``item`` is called that has this id."""
    return next((one.name_zh, one.name_en) for one in item.topics if one.pk == topic)


def because_of_interest(source: str, names: Names) -> str:
    """What the member themselves said of the topic called so: that they want more, an answer in a survey, or that they follow it."""
    if source == "wish":
        words = _("You wanted more about %(topic)s")
    elif source == "said":
        words = _("You said that %(topic)s interests you")
    else:
        words = _("You follow %(topic)s")
    return words % {"topic": _called(names)}


def because_you_often_do(names: Names) -> str:
    """What the member does most."""
    return _("You often read, study or write about %(topic)s") % {"topic": _called(names)}


def because_you_follow(name: str) -> str:
    """Whom the member follows."""
    return _("You follow %(name)s, who made it") % {"name": name}


def because_you_read(name: str) -> str:
    """Of whom the member has had several things."""
    return _("You have read other things by %(name)s") % {"name": name}


def because_of_your_group(names: Names) -> str:
    """Where it is said; ``names`` are the group's."""
    return _("From your group “%(group)s”") % {"group": within_quotes(_called(names))}


def because_they_are_in_your_group(name: str, names: Names) -> str:
    """Where the member meets who made it."""
    words = _("By %(name)s, who is in your group “%(group)s”")
    return words % {"name": name, "group": within_quotes(_called(names))}


def because_many_are_in_it() -> str:
    """Of a group; claims nothing personal."""
    return _("Many are in this group")


def because_you_answered(names: Names) -> str:
    """What the member knows about."""
    return _("You have answered about %(topic)s") % {"topic": _called(names)}


def because_it_comes_next(lesson: kinds.Item) -> str:
    """Where the member stands in a course."""
    return _("It comes next in “%(course)s”") % {"course": within_quotes(lesson.look.facts[0])}


def because_of_the_path() -> str:
    """What the answers of the first survey led to."""
    return _("The next step of your first path, from what you answered")


def because_they_like(topic: Topic) -> str:
    """What two members share."""
    return _("Often at %(topic)s, like you") % {"topic": topic.name}


def because_it_is_there() -> str:
    """Claims nothing at all."""
    return _("From this school")


def because_it_is_new() -> str:
    """Claims nothing personal either."""
    return _("New, and few have seen it yet")


def _called(names: Names) -> str:
    zh, en = names
    return in_language(zh=zh, en=en)
