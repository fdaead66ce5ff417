"""A form made from the questions of a survey."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Answer, Question, Survey

STEPS = [(str(step), str(step)) for step in range(1, 6)]


class SurveyForm(forms.Form):
    """One field for each question; works without JavaScript, and shows again what was answered before."""

    def __init__(self, *args: Any, survey: Survey, given: dict[int, Answer], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = list(survey.questions.all())
        for question in self.questions:
            field = _field(question)
            answer = given.get(question.pk)
            field.initial = _initial(question, answer) if answer else None
            self.fields[f"q{question.pk}"] = field

    @property
    def answers(self) -> dict[int, Any]:
        """What was answered, by question, as ``operations.submit`` takes it."""
        return {question.pk: self.cleaned_data[f"q{question.pk}"] for question in self.questions}

    @property
    def rows(self) -> list[tuple[Question, forms.BoundField]]:
        """Each question with its field, for the page."""
        return [(question, self[f"q{question.pk}"]) for question in self.questions]


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": question.text, "required": question.is_required}
    choices = [(str(choice.pk), choice.text) for choice in question.choices.all()]
    if question.kind == Question.Kind.SINGLE:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if question.kind == Question.Kind.MULTIPLE:
        hint = _("Choose as many as you like.")
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, help_text=hint, **common)
    if question.kind == Question.Kind.SCALE:
        return forms.ChoiceField(choices=STEPS, widget=forms.RadioSelect, **common)
    return forms.CharField(max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), **common)


def _initial(question: Question, answer: Answer) -> Any:
    chosen = [str(choice.pk) for choice in answer.choices.all()]
    if question.kind == Question.Kind.MULTIPLE:
        return chosen
    if question.kind == Question.Kind.SINGLE:
        return chosen[0] if chosen else None
    return str(answer.scale or "") if question.kind == Question.Kind.SCALE else answer.text
