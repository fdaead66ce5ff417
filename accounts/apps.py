from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Hang this room's answers into the registries below it."""
        from . import audience, handlers, privacy, queries, recorded  # noqa: F401

        _register_faces()
        _register_topics()
        _register_words()
        _register_settings()


def _register_faces() -> None:
    from core import media

    from .operations import faces

    media.register(faces.PURPOSE, limits=faces.LIMITS, is_public=True)


def _register_topics() -> None:
    from topics import merging

    from . import profile_parts, queries
    from .models import TopicFollow

    merging.moves(TopicFollow, unique_with=["user"])
    profile_parts.register(
        "topics", label=_("Followed topics"), order=20, template="accounts/topic_part.html", context=queries.topic_part
    )


def _register_words() -> None:
    from core.web import errors

    errors.put_into_words(
        "Reauthentication not available",
        _(
            "Before this you show again that it is you, and there is nothing yet by which you could: "
            "set a password or add a passkey under “Account and security”."
        ),
    )


def _register_settings() -> None:
    from core.ui import navigation

    from .settings_pages import register

    register("profile", label=_("Profile"), url_name="settings:profile", icon="person", order=10)
    register("security", label=_("Account and security"), url_name="settings:security", icon="shield", order=20)
    register("preferences", label=_("Language and appearance"), url_name="settings:preferences", icon="globe", order=30)
    register("privacy", label=_("Privacy"), url_name="settings:privacy", icon="eye", order=50)
    register("data", label=_("My data"), url_name="settings:data", icon="download", order=80)
    register("tokens", label=_("For programs"), url_name="settings:tokens", icon="lock", order=90)
    navigation.register(
        "settings", label=_("Settings"), url_name="settings:profile", places={navigation.Place.ME}, icon="settings",
        order=90, condition=navigation.members_only,
    )  # fmt: skip
