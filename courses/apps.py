from functools import partial
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from core import search
        from topics import merging

        from . import audience, handlers, privacy  # noqa: F401
        from .models import Course

        merging.moves(Course.topics.through, unique_with=["course"])
        search.register("course", label=_("Course"), reindex=lambda: handlers.course_documents(Course.objects.all()))
        search.register("lesson", label=_("Lesson"), reindex=lambda: handlers.lesson_documents(Course.objects.all()))
        _answer_the_rooms_below()
        _register_files()
        _register_places()


def _answer_the_rooms_below() -> None:
    from accounts import profile_parts
    from accounts.enums import Visibility
    from core.realtime.guarding import guards
    from forum import about
    from payments import fulfilment
    from surveys import destinations

    from . import references

    guards("teacher")(lambda viewer, ident: viewer.is_authenticated and viewer.pk == ident)
    guards("lesson")(references.may_hear)
    about.register("lesson", references.lesson)
    about.register("course", references.course)
    profile_parts.register(
        "courses", label=_("Teaches"), order=12, template="courses/taught.html", context=references.taught,
        at_first=Visibility.PUBLIC,
    )  # fmt: skip
    destinations.register_crowds(_("Learners of a course"), references.crowds)
    destinations.register_places("course", references.places)
    fulfilment.register(
        "course",
        called=_("Course"),
        parting=_(
            "Points that you earned with its lessons are taken back; what you have completed stays on record, and so do your questions and answers."
        ),
        granted=references.granted,
        ended=references.ended,
        describe=references.describe,
        progress=references.progress,
        resume=references.resume,
    )


def _register_files() -> None:
    from core import media
    from core.media.purposes import MEGABYTE, Kind, Limits

    from . import references
    from .operations import files

    recordings = frozenset({Kind.VIDEO, Kind.AUDIO})
    shown = Limits(
        kinds=recordings | {Kind.PDF, Kind.IMAGE}, size=500 * MEGABYTE, per_user=2_000, quota=50_000 * MEGABYTE
    )
    captions = Limits(kinds=frozenset({Kind.CAPTIONS}), size=MEGABYTE, per_user=4_000, quota=500 * MEGABYTE)
    media.register(files.PURPOSE, limits=shown, may_read=references.may_open_file, outlives_owner=True)
    media.register(files.CAPTIONS, limits=captions, may_read=references.may_open_file, outlives_owner=True)
    beginning = Limits(kinds=recordings, size=500 * MEGABYTE)
    media.register(files.BEGINNING, limits=beginning, may_read=references.may_open_beginning, outlives_owner=True)


def _register_places() -> None:
    from core.ui import navigation
    from core.ui.navigation import Place

    add = partial(navigation.register, icon="book", order=20)
    add("courses", label=_("Courses"), url_name="courses:list", places={Place.TOP, Place.FOOTER})
    add("learn", label=_("Learn"), url_name="courses:list", places={Place.THUMBS})
    add(
        "learning", label=_("My courses"), url_name="courses:learning", places={Place.ME},
        condition=navigation.members_only,
    )  # fmt: skip
    navigation.register(
        "studio", label=_("Studio"), url_name="studio:home", places={Place.ME}, icon="pen", order=60, condition=_teaches
    )


def _teaches(request: Any) -> bool:
    from core.audience import keys_of

    from .audience import TEACHERS

    return TEACHERS in keys_of(request.user)
