"""What the acts of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

from core.audit import acts

acts.name(
    {
        "forum.hide_post": _("Hid a post"),
        "forum.restore_post": _("Showed a hidden post again"),
        "forum.remove_member": _("Took a member out of a group"),
        "forum.set_role": _("Gave a member of a group another role"),
        "forum.keep_post": _("Let a reported post stand"),
    }
)
