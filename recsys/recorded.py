"""What the acts of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

from core.audit import acts

acts.name(
    {
        "recsys.put_in_service": _("Put a model in service"),
    }
)
