"""What learners and teachers write."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from payments.models import Tier
from topics.models import Topic
from topics.queries import branches_to_choose

from .models import Course, Lesson

STARS = [(n, str(n)) for n in range(1, 6)]


class ReviewForm(forms.Form):
    """Stars, and words for whoever wonders whether to begin."""

    rating = forms.TypedChoiceField(label=_("Your rating"), choices=STARS, coerce=int, widget=forms.RadioSelect)
    body = forms.CharField(
        label=_("What did it change for you?"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CourseForm(forms.ModelForm):  # type: ignore[type-arg]
    """What stands on a course's page."""

    outcomes = forms.CharField(
        label=_("What one will be able to do"),
        help_text=_("One thing a line."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    for_whom = forms.CharField(
        label=_("For whom"), help_text=_("One thing a line."), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    price = forms.DecimalField(
        label=_("Price"), min_value=0, max_value=99_999, decimal_places=2, help_text=_("0 makes it free.")
    )

    tiers = forms.ModelMultipleChoiceField(
        label=_("Included in these memberships"),
        queryset=Tier.objects.offered(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their members read it without buying it. What they pay is the school's."),
    )

    class Meta:
        model = Course
        fields = ["title", "summary", "language", "level", "format", "topics"]
        widgets = {"topics": forms.CheckboxSelectMultiple, "summary": forms.Textarea(attrs={"rows": 3})}

    field_order = [
        "title",
        "summary",
        "language",
        "price",
        "level",
        "format",
        "outcomes",
        "for_whom",
        "topics",
        "tiers",
    ]

    def __init__(self, *args: object, currency: str, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.currency = currency
        self.fields["price"].label = format_lazy("{} ({})", _("Price"), currency)
        topics: Any = self.fields["topics"]
        topics.queryset = Topic.objects.in_order()
        topics.choices = branches_to_choose()
        if not Tier.objects.offered().exists():
            del self.fields["tiers"]
        for name in ("outcomes", "for_whom"):
            self.initial[name] = "\n".join(getattr(self.instance, name) or [])

    def clean_outcomes(self) -> list[str]:
        """One outcome a line."""
        return _lines(self.cleaned_data["outcomes"])

    def clean_for_whom(self) -> list[str]:
        """One reader a line."""
        return _lines(self.cleaned_data["for_whom"])


class LessonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A lesson's text and how it is reached."""

    section_title = forms.CharField(label=_("Section"), max_length=120)
    file = forms.FileField(
        label=_("Video, audio, PDF or picture"),
        required=False,
        help_text=_(
            "MP4, WebM, MP3, M4A, WAV, PDF, JPEG, PNG or WebP, up to 500 MB. A new one takes the place of what is there."
        ),
    )
    removes_file = forms.BooleanField(label=_("Take the file away"), required=False)
    captions = forms.FileField(
        label=_("Captions"),
        required=False,
        help_text=_("A WebVTT file. It is shown over the picture, and below it to read."),
    )
    free_minutes = forms.IntegerField(
        label=_("Free minutes"),
        min_value=0,
        max_value=60,
        required=False,
        help_text=_("Everybody may see so many minutes of a recording before they buy. 0: none."),
    )
    captions_language = forms.ChoiceField(
        label=_("Language of the captions"), choices=settings.LANGUAGES, required=False
    )

    class Meta:
        model = Lesson
        fields = ["title", "source", "minutes", "is_preview"]
        widgets = {"source": forms.Textarea(attrs={"rows": 24})}

    field_order = [
        "title", "section_title", "file", "removes_file", "captions", "captions_language", "source", "minutes", "is_preview", "free_minutes",
    ]  # fmt: skip

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.initial["free_minutes"] = self.instance.free_minutes
        if self.instance.file_id is None:
            del self.fields["removes_file"]


class MoveForm(forms.Form):
    """One step of a lesson or a section."""

    what = forms.ChoiceField(choices=[("lesson", ""), ("section", "")])
    ident = forms.IntegerField(min_value=1)
    step = forms.TypedChoiceField(choices=[("-1", ""), ("1", "")], coerce=int)


class OrderForm(forms.Form):
    """A whole order: sections by id with the ids of their lessons, as ``3:7,8;4:9``."""

    order = forms.RegexField(
        regex=r"^\d{1,18}:\d{1,18}(,\d{1,18})*(;\d{1,18}:\d{1,18}(,\d{1,18})*)*$", max_length=40_000
    )

    def clean_order(self) -> list[tuple[int, list[int]]]:
        """Sections with their lessons."""
        parts = (one.split(":") for one in self.cleaned_data["order"].split(";"))
        return [(int(section), [int(pk) for pk in lessons.split(",")]) for section, lessons in parts]


class WatchedForm(forms.Form):
    """What a player reports: spans of seconds, as ``0-12,30-41``, and where it stands."""

    spans = forms.RegexField(regex=r"^\d{1,6}-\d{1,6}(,\d{1,6}-\d{1,6}){0,99}$", max_length=1_500)
    position = forms.IntegerField(min_value=0, max_value=999_999)

    def clean_spans(self) -> list[tuple[int, int]]:
        """Pairs of seconds."""
        pairs = (one.split("-") for one in self.cleaned_data["spans"].split(","))
        return [(int(start), int(end)) for start, end in pairs]


def _lines(text: str) -> list[str]:
    return [line.strip()[:200] for line in text.splitlines() if line.strip()]
