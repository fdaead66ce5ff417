from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Hang this room's answers into the registries below it."""
        from core import media
        from core.ui import navigation
        from core.web import errors
        from topics import merging

        from . import audience, handlers, privacy, profile_parts, queries, recorded, settings_pages  # noqa: F401
        from .models import TopicFollow
        from .operations import faces

        media.register(faces.PURPOSE, limits=faces.LIMITS, is_public=True)
        merging.moves(TopicFollow, unique_with=["user"])
        profile_parts.register(
            "topics",
            label=_("Followed topics"),
            order=20,
            template="accounts/topic_part.html",
            context=queries.topic_part,
        )

        errors.put_into_words(
            "Reauthentication not available",
            _(
                "Before this you show again that it is you, and there is nothing yet by which you could: "
                "set a password or add a passkey under “Account and security”."
            ),
        )
        pages = [
            ("profile", _("Profile"), "settings:profile", "person", 10),
            ("security", _("Account and security"), "settings:security", "shield", 20),
            ("preferences", _("Language and appearance"), "settings:preferences", "globe", 30),
            ("privacy", _("Privacy"), "settings:privacy", "eye", 50),
            ("data", _("My data"), "settings:data", "download", 80),
            ("tokens", _("For programs"), "settings:tokens", "lock", 90),
        ]
        for key, label, url_name, icon, order in pages:
            settings_pages.register(key, label=label, url_name=url_name, icon=icon, order=order)
        navigation.register(
            "settings",
            label=_("Settings"),
            url_name="settings:profile",
            places={navigation.Place.ME},
            icon="settings",
            order=90,
            condition=navigation.members_only,
        )
