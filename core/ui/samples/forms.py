"""A sample form with every shape of field, filled in and with a mistake."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.samples.people import say


def _levels() -> list[tuple[str, str]]:
    return [("all", say("Everybody", "所有人")), ("known", say("People I follow", "我关注的人"))]


def _audiences() -> list[tuple[str, str]]:
    names = [say("Everybody", "所有人"), say("Members", "仅成员"), say("Only me", "仅自己")]
    return list(zip(["all", "members", "me"], names, strict=True))


class ProfileForm(forms.Form):
    """What a member says about themselves."""

    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(label=_("Email"), help_text=_("Only you see it."))
    about = forms.CharField(label=_("About you"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    level = forms.ChoiceField(label=_("Who may message you"), choices=_levels)
    seen_by = forms.ChoiceField(label=_("Who sees your courses"), widget=forms.RadioSelect, choices=_audiences)
    picture = forms.FileField(label=_("Picture"), required=False, help_text=_("JPEG or PNG, up to 5 MB."))
    digest = forms.BooleanField(
        label=_("Weekly digest"), required=False, help_text=_("Never sent when it would be empty.")
    )
    rules = forms.BooleanField(label=_("I have read the rules"), required=False)

    @classmethod
    def filled(cls) -> "ProfileForm":
        """Return the form as it comes back with one mistake in it."""
        about = say("Keeps the books of a bakery.", "给一家面包店记账。")
        return cls(
            {
                "name": say("Mei Lindqvist", "梅雨桐"),
                "email": "mei@lantern",
                "about": about,
                "level": "all",
                "seen_by": "members",
                "digest": "on",
            }
        )
