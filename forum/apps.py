from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "forum"
    label = "forum"
    verbose_name = _("Community")

    def ready(self) -> None:
        """Hang this room's answers into the registries below it."""
        from topics import merging

        from . import audience, handlers, privacy, recorded  # noqa: F401
        from .models import Group, Thread

        merging.moves(Thread.topics.through, unique_with=["thread"])
        merging.moves(Group.topics.through, unique_with=["group"])
        _register_guard()
        _register_search()
        _register_places()
        _register_destinations()
        _register_seats()


def _register_guard() -> None:
    from core.realtime.guarding import guards

    from .models import Thread

    @guards("thread")
    def may_read(viewer: object, ident: int) -> bool:
        return bool(Thread.objects.open_to(viewer).filter(pk=ident).exists())


def _register_search() -> None:
    from core import search

    from .handlers import documents
    from .models import Thread

    search.register("question", label=_("Question"), reindex=lambda: documents(Thread.objects.all(), kind="question"))
    search.register("thread", label=_("Discussion"), reindex=lambda: documents(Thread.objects.all(), kind="discussion"))


def _register_places() -> None:
    from accounts import profile_parts
    from core.ui import navigation
    from core.ui.navigation import Place

    from . import shapes

    profile_parts.register(
        "said", label=_("Answers and replies"), order=14, template="forum/said.html", context=shapes.said_part
    )
    navigation.register(
        "community", label=_("Community"), url_name="forum:list", places={Place.TOP, Place.THUMBS, Place.FOOTER},
        icon="chat", order=30,
    )  # fmt: skip
    navigation.register(
        "groups", label=_("Groups"), url_name="forum:groups", places={Place.ME, Place.FOOTER}, icon="people", order=32
    )


def _register_destinations() -> None:
    from surveys import destinations

    from . import references

    destinations.register_crowds(_("Members of a group"), references.crowds)
    destinations.register_places("group", references.places)
    destinations.register_places("seat", references.seats)


def _register_seats() -> None:
    from payments import fulfilment

    from . import references

    fulfilment.register(
        "seat", called=_("Seat in a group"), parting=_("You leave the group; what you have written there stays."),
        granted=references.granted, describe=references.describe, refuses=references.refuses, dropped=references.dropped,
    )  # fmt: skip
    # A seat may also end with a membership that includes it.
    fulfilment.when_ended(references.ended)
