"""What the acts of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

from core.audit import acts

acts.name(
    {
        "surveys.create": _("Began a survey"),
        "surveys.change": _("Changed a survey"),
        "surveys.save_question": _("Wrote a question of a survey"),
        "surveys.remove_question": _("Took a question out of a survey"),
    }
)
