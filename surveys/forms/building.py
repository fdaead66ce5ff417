"""The forms with which the owner builds a survey."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from surveys import destinations
from surveys.models import Question, Survey
from surveys.operations import Offer
from topics.queries import branches_to_choose

MORE = 3
"""Empty rows below the answers that are there: without JavaScript, saving gives the next three."""
MOST = 30
STEPS = 3
"""How many steps an answer may lead to; one that has more already keeps them."""
Grouped = list[tuple[str, list[tuple[str, str]]]]
TAKEN = {"new"}
ON_A_SCALE = ("low_zh", "low_en", "high_zh", "high_en")
WITH_OFFERS = {Question.Kind.SINGLE, Question.Kind.MULTIPLE}
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class SurveyHeadForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a survey is called, whom it asks, and when."""

    audience = forms.MultipleChoiceField(
        label=_("Who is asked"), widget=forms.CheckboxSelectMultiple,
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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # One of them is always chosen, so that the page shows what belongs to it.
        self.fields["kind"] = forms.ChoiceField(label=self.fields["kind"].label, choices=Question.Kind.choices)

    @property
    def for_every_kind(self) -> list[forms.BoundField]:
        """The fields that every question has, for the page."""
        return [self[name] for name in self.fields if name not in ON_A_SCALE]

    @property
    def on_a_scale(self) -> list[forms.BoundField]:
        """The fields that say what the ends of a scale mean."""
        return [self[name] for name in ON_A_SCALE]


class OfferForm(forms.Form):
    """One answer that may be chosen; a row left empty is none."""

    text_zh = forms.CharField(label=_("answer (Chinese)"), max_length=120, required=False)
    text_en = forms.CharField(label=_("answer (English)"), max_length=120, required=False)
    topics = forms.MultipleChoiceField(
        label=_("Topics that it speaks for"), required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )

    def __init__(self, *args: Any, topics: Grouped, places: Grouped, steps: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["topics"].choices = topics  # type: ignore[attr-defined]
        # A list of several would be sent in its own order, and which step comes first matters.
        for number in range(1, steps + 1):
            label = format_lazy(_("Step {number}"), number=number)
            choices = [("", _("no further step")), *places]
            self.fields[f"step_{number}"] = forms.ChoiceField(label=label, required=False, choices=choices)

    @property
    def steps(self) -> list[forms.BoundField]:
        """The fields that say where the answer leads, the first step first."""
        return [self[name] for name in self.fields if name.startswith("step_")]

    def leads_somewhere(self) -> bool:
        """Whether a step is chosen, for the page."""
        return any(step.value() for step in self.steps)

    def clean(self) -> dict[str, Any]:
        """An answer has words, in one language at least; the steps become ``leads_to``, each once."""
        said: dict[str, Any] = super().clean() or {}
        chosen = [said.pop(name) for name in list(said) if name.startswith("step_")]
        said["leads_to"] = list(dict.fromkeys(step for step in chosen if step))
        has_words = said.get("text_zh") or said.get("text_en")
        if (said.get("topics") or said["leads_to"]) and not has_words:
            self.add_error("text_zh", _("Say what is answered."))
        return said


class OfferForms(forms.BaseFormSet):  # type: ignore[type-arg]
    """The answers of one question."""


def offer_forms(data: Any = None, *, question: Question | None, viewer: Any) -> OfferForms:
    """The answers of ``question`` as forms, with empty rows to add more; four queries, however many there are."""
    made = forms.formset_factory(OfferForm, formset=OfferForms, extra=MORE, max_num=MOST, validate_max=True)
    initial = [_as_initial(choice) for choice in question.choices.all()] if question else []
    given = {
        "topics": [(name, [(str(pk), label) for pk, label in leaves]) for name, leaves in branches_to_choose()],
        "places": _by_kind(destinations.everywhere(viewer)),
        "steps": max([STEPS, *(sum(name.startswith("step_") for name in one) for one in initial)]),
    }
    return cast(OfferForms, made(data, initial=initial, prefix="offer", form_kwargs=given))


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


def _by_kind(places: Iterable[destinations.Place]) -> Grouped:
    kinds: dict[str, list[tuple[str, str]]] = {}
    for one in places:
        kinds.setdefault(one.kind, []).append((one.reference, one.title))
    return list(kinds.items())


def _as_initial(choice: Any) -> dict[str, Any]:
    topics = [str(effect.topic_id) for effect in choice.effects.all()]
    steps = {f"step_{number}": place for number, place in enumerate(choice.leads_to, start=1)}
    return {"text_zh": choice.text_zh, "text_en": choice.text_en, "topics": topics, **steps}
