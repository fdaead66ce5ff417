"""What scripts say to people; the words travel in the page so that they are translated with all the others."""

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "now": _("just now"),
    "minutes": _("%(number)s min ago"),
    "hours": _("%(number)s h ago"),
    "day": _("1 day ago"),
    "days": _("%(number)s days ago"),
    "draft_kept": _("Your draft is kept on this device."),
    "draft_back": _("This is what you wrote last time."),
    "draft_waiting": _("You wrote something here before that was not saved."),
    "draft_use": _("Bring it back"),
    "draft_drop": _("Start over"),
    "draft_no_room": _("There is no room on this device to keep a draft. Copy your text before you send it."),
    "arranged": _("The new order is saved."),
    "dismiss": _("Dismiss"),
    "live_off": _("Live updates are off"),
    "live_reload": _("Much has happened here. Reload the page to see it."),
    "writing": _("%(name)s is writing"),
    "present": _("%(count)s reading now"),
    "numbers": _("Show the numbers"),
    "failed": _("That did not go through. What you wrote is still here; try again in a moment."),
    "offline": _("You are offline. What you wrote is still here."),
}
