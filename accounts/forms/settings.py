"""The forms under ``/settings/``."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts import names, profile_parts, time_zones
from accounts.enums import MessagesFrom, Purpose, Theme, Visibility
from accounts.models import Profile, User
from topics.models import Topic
from topics.queries import branches_to_choose

from .naming import NameField


def languages() -> list[tuple[str, str]]:
    """The languages of the site, each named in itself, so that nobody has to read another one to find theirs."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class ProfileForm(forms.Form):
    """What others see."""

    name = NameField()
    username = forms.CharField(label=_("Handle"), max_length=30, help_text=_("The end of your profile's address."))
    bio = forms.CharField(
        label=_("About me"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A few sentences: what you do, what you want to learn."),
    )

    topics = forms.ModelMultipleChoiceField(
        label=_("Topics that I follow"),
        queryset=Topic.objects.in_order(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is new in these comes first."),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        self.user = user
        super().__init__(*args, **options)
        self.fields["name"] = NameField(may_be_reserved=user.is_staff)
        topics: Any = self.fields["topics"]
        topics.choices = branches_to_choose()

    def clean_name(self) -> str:
        """Refuse a name that looks like one of the staff, unless its bearer is."""
        name: str = self.cleaned_data["name"]
        if not self.user.is_staff:
            names.refuse_impersonation(name=name, user=self.user)
        return name

    def clean_username(self) -> str:
        """Refuse a handle that is somebody else's, or looks like it."""
        return names.clean_handle(self.cleaned_data["username"], user=self.user)


class PreferencesForm(forms.Form):
    """How a member wants the site."""

    language = forms.ChoiceField(label=_("Language"), choices=languages, widget=forms.RadioSelect)
    languages_read = forms.MultipleChoiceField(
        label=_("Languages that I read"),
        choices=languages,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Courses and questions in these come first."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme.choices, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zone: Any = self.fields["time_zone"]
        zone.choices = time_zones.to_choose(chosen=self.initial.get("time_zone", ""))


class GuestPreferencesForm(forms.Form):
    """Language or theme, from the switch at the foot of every page."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(choices=[("system", ""), *Theme.choices], required=False)


class PrivacyForm(forms.Form):
    """Who sees what, who may write, and what may be done with what is known."""

    messages_from = forms.ChoiceField(
        label=_("Who may write to me"), choices=MessagesFrom.choices, widget=forms.RadioSelect
    )
    personalization = forms.BooleanField(
        label=_("Personal recommendations"),
        required=False,
        help_text=_(
            "We suggest courses and questions by what you read and finish. Without it you see what is new and liked."
        ),
    )
    findable = forms.BooleanField(
        label=_("Members who like the same"),
        required=False,
        help_text=_(
            "You are shown to members who read and study what you do and said yes here too, and they to you: your name, "
            "your picture and one topic that you share. It takes personal recommendations."
        ),
    )
    analytics = forms.BooleanField(
        label=_("Usage statistics"),
        required=False,
        help_text=_("Your visits count, without your name, in the figures by which we mend the pages."),
    )
    mail = forms.BooleanField(
        label=_("News by mail"),
        required=False,
        help_text=_("Now and then, what is new at the school. Receipts and answers to you come anyway."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for part in profile_parts.parts():
            self.fields[f"see_{part.key}"] = forms.ChoiceField(label=part.label, choices=Visibility.choices)

    @staticmethod
    def initial_for(*, profile: Profile, consents: dict[Purpose, bool]) -> dict[str, Any]:
        """What the form shows before it is changed."""
        seen = {
            f"see_{part.key}": profile.visibility_of(part.key, at_first=part.at_first) for part in profile_parts.parts()
        }
        given = {purpose.value: is_given for purpose, is_given in consents.items()}
        return {"messages_from": profile.messages_from, **seen, **given}

    @property
    def visibility(self) -> dict[str, str]:
        """Who may see each part."""
        return {part.key: self.cleaned_data[f"see_{part.key}"] for part in profile_parts.parts()}

    @property
    def consents(self) -> dict[Purpose, bool]:
        """What was said yes and no to."""
        return {purpose: self.cleaned_data[purpose.value] for purpose in ASKED}

    @property
    def visibility_fields(self) -> list[forms.BoundField]:
        """The fields that say who sees what, for the page."""
        return [self[f"see_{part.key}"] for part in profile_parts.parts()]


ASKED = (Purpose.PERSONALIZATION, Purpose.FINDABLE, Purpose.ANALYTICS, Purpose.MAIL)
"""The purposes that the privacy page asks about; the terms are agreed to by joining."""
