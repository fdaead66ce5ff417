"""What the acts of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

from core.audit import acts

acts.name(
    {
        "community.publish_legal_text": _("Published a legal text"),
        "community.change_logo": _("Changed the logo"),
    }
)
