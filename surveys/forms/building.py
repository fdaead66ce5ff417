"""The forms with which the owner builds a survey."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys import destinations
from surveys.models import Question, Survey
from surveys.operations import Offer
from topics.models import Topic

MORE = 3
"""Empty rows below the answers that are there: without JavaScript, saving gives the next three."""
MOST = 30
TAKEN = {"new"}
WITH_OFFERS = {Question.Kind.SINGLE, Question.Kind.MULTIPLE}
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class SurveyHeadForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a survey is called, whom it asks, and when."""

    audience = forms.MultipleChoiceField(
        label=_("Who is asked"), widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Whoever belongs to one of these. The survey for newcomers asks every member."),
    )  # fmt: skip

    class Meta:
        model = Survey
        fields: tuple[str, ...] = ("title_zh", "title_en", "lead_zh", "lead_en", "audience", "opens_at", "closes_at")
        widgets = {
            "lead_zh": forms.Textarea(attrs={"rows": 2}), "lead_en": forms.Textarea(attrs={"rows": 2}),
            "opens_at": _MOMENT, "closes_at": _MOMENT,
        }  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["audience"].choices = destinations.crowds()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning with a sentence, before Postgres does."""
        said: dict[str, Any] = super().clean() or {}
        opens, closes = said.get("opens_at"), said.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It would close before it opens."))
        return said


class NewSurveyForm(SurveyHeadForm):
    """A survey that is not there yet: it needs an address, too."""

    field_order = ("title_zh", "title_en", "slug")

    class Meta(SurveyHeadForm.Meta):
        fields = ("title_zh", "title_en", "slug", "lead_zh", "lead_en", "audience", "opens_at", "closes_at")
        help_texts = {"slug": _("Part of the address; small letters and hyphens.")}

    def clean_slug(self) -> str:
        """A new survey needs a name of its own; a next version is made from the one before."""
        slug: str = self.cleaned_data["slug"]
        if slug.isdecimal() or slug in TAKEN:
            raise forms.ValidationError(_("Another page has this address. Add a word to it."))
        if Survey.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("There is a survey of this name; make a next version of it."))
        return slug


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    """One question in both languages."""

    class Meta:
        model = Question
        fields = ("kind", "text_zh", "text_en", "is_required", "place", "low_zh", "low_en", "high_zh", "high_en")


class OfferForm(forms.Form):
    """One answer that may be chosen; a row left empty is none."""

    text_zh = forms.CharField(label=_("answer (Chinese)"), max_length=120, required=False)
    text_en = forms.CharField(label=_("answer (English)"), max_length=120, required=False)
    topics = forms.MultipleChoiceField(
        label=_("Topics that it speaks for"), required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )
    leads_to = forms.MultipleChoiceField(
        label=_("Where it leads, the first step first"), required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )

    def __init__(
        self, *args: Any, topics: list[tuple[str, str]], places: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["topics"].choices = topics  # type: ignore[attr-defined]
        self.fields["leads_to"].choices = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An answer has words, in one language at least."""
        said: dict[str, Any] = super().clean() or {}
        has_words = said.get("text_zh") or said.get("text_en")
        if (said.get("topics") or said.get("leads_to")) and not has_words:
            self.add_error("text_zh", _("Say what is answered."))
        return said


class OfferForms(forms.BaseFormSet):  # type: ignore[type-arg]
    """The answers of one question."""


def offer_forms(data: Any = None, *, question: Question | None, viewer: Any) -> OfferForms:
    """The answers of ``question`` as forms, with empty rows to add more; four queries, however many there are."""
    made = forms.formset_factory(OfferForm, formset=OfferForms, extra=MORE, max_num=MOST, validate_max=True)
    topics = [(str(one.pk), one.name) for one in Topic.objects.in_order()]
    places = [(one.reference, f"{one.kind}: {one.title}") for one in destinations.everywhere(viewer)]
    initial = [_as_initial(choice) for choice in question.choices.all()] if question else []
    return cast(
        OfferForms, made(data, initial=initial, prefix="offer", form_kwargs={"topics": topics, "places": places})
    )


def offers_in(rows: OfferForms) -> list[Offer]:
    """What was filled in, in the order of the rows."""
    said = [row.cleaned_data for row in rows if row.cleaned_data]
    return [
        Offer(
            text_zh=one["text_zh"] or one["text_en"], text_en=one["text_en"] or one["text_zh"],
            topic_ids=tuple(int(topic) for topic in one["topics"]), leads_to=tuple(one["leads_to"]),
        )
        for one in said
        if one["text_zh"] or one["text_en"]
    ]  # fmt: skip


def _as_initial(choice: Any) -> dict[str, Any]:
    topics = [str(effect.topic_id) for effect in choice.effects.all()]
    return {"text_zh": choice.text_zh, "text_en": choice.text_en, "topics": topics, "leads_to": choice.leads_to}
