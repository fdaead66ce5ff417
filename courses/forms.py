"""What learners and teachers write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.models import Tier
from topics.models import Topic

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
        label=_("What one will be able to do, one a line"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    for_whom = forms.CharField(
        label=_("For whom, one a line"), widget=forms.Textarea(attrs={"rows": 2}), required=False
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

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        topics: Any = self.fields["topics"]
        topics.queryset = Topic.objects.filter(parent__isnull=True).order_by("pk")
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

    class Meta:
        model = Lesson
        fields = ["title", "source", "minutes", "is_preview"]
        widgets = {"source": forms.Textarea(attrs={"rows": 24})}

    field_order = ["title", "section_title", "source", "minutes", "is_preview"]


def _lines(text: str) -> list[str]:
    return [line.strip()[:200] for line in text.splitlines() if line.strip()]
