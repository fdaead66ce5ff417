"""What the acts of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

from core.audit import acts

acts.name(
    {
        "accounts.change_roles": _("Gave or took roles"),
    }
)
