"""What the acts of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

from core.audit import acts

acts.name(
    {
        "forum.hide_post": _("Hid a post"),
        "forum.restore_post": _("Showed a hidden post again"),
        "forum.keep_post": _("Let a reported post stand"),
    }
)
