"""The choices that members make about themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    """How the pages look."""

    SYSTEM = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Visibility(models.TextChoices):
    """Who may see a part of a profile."""

    PUBLIC = "public", _("Everyone")
    MEMBERS = "members", _("Members")
    PRIVATE = "private", _("Only me")


class MessagesFrom(models.TextChoices):
    """Who may write to a member directly."""

    MEMBERS = "members", _("Every member")
    FOLLOWED = "followed", _("People whom I follow")
    NOBODY = "nobody", _("Nobody")


class Purpose(models.TextChoices):
    """What a member may consent to; each purpose stands alone."""

    TERMS = "terms", _("Terms of use")
    PERSONALIZATION = "personalization", _("Personal recommendations")
    FINDABLE = "findable", _("Members who like the same")
    ANALYTICS = "analytics", _("Usage statistics")
    MAIL = "mail", _("News by mail")
