"""Where the owner builds surveys."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.web.doors import for_the_owner
from surveys import operations, queries
from surveys.forms import (
    WITH_OFFERS,
    NewSurveyForm,
    QuestionForm,
    SurveyHeadForm,
    offer_forms,
    offers_in,
)
from surveys.models import Question, Survey


@require_safe
@for_the_owner
def surveys(request: HttpRequest) -> HttpResponse:
    """Every survey with its versions."""
    return render(request, "surveys/list.html", {"surveys": queries.all_versions()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_owner
def begin(request: HttpRequest) -> HttpResponse:
    """A new survey."""
    form = NewSurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        made = operations.create_survey(by=request.user, slug=said.pop("slug"), fields=said)
        return redirect("surveys:build", made.pk)
    return render(request, "surveys/begin.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_owner
def build(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: what it is called, whom it asks, and its questions."""
    survey = _version(pk)
    form = SurveyHeadForm(request.POST or None, instance=survey)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_survey(survey=survey, by=request.user, fields=form.cleaned_data)
        except operations.HasAnswers:
            messages.error(
                request, _("It has answers, so only its end may be moved. Make a next version to change more.")
            )
        else:
            messages.success(request, _("Saved."))
        return redirect("surveys:build", pk)
    context = {"survey": survey, "form": form, "is_answered": queries.is_answered(survey=survey)}
    return render(request, "surveys/build.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_owner
def add_question(request: HttpRequest, pk: int) -> HttpResponse:
    """A new question of a version."""
    return _question(request, _version(pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_owner
def question(request: HttpRequest, pk: int, question_pk: int) -> HttpResponse:
    """One question of a version."""
    survey = _version(pk)
    return _question(request, survey, _question_of(survey, question_pk))


@require_POST
@for_the_owner
def remove(request: HttpRequest, pk: int, question_pk: int) -> HttpResponse:
    """Take a question out."""
    survey = _version(pk)
    try:
        operations.remove_question(question=_question_of(survey, question_pk), by=request.user)
    except operations.HasAnswers:
        _refuse(request)
    return redirect("surveys:build", pk)


@require_POST
@for_the_owner
def move_on(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Open a version, close it, or make the next one from it."""
    survey = _version(pk)
    if act == "open":
        operations.open_version(survey=survey)
        messages.success(request, _("The survey takes answers now."))
    elif act == "close":
        operations.close(survey=survey)
        messages.success(request, _("The survey takes no more answers."))
    elif act == "next":
        survey = operations.new_version(survey=survey)
        messages.success(request, _("This is the next version. Open it when it is ready."))
    else:
        raise Http404
    return redirect("surveys:build", survey.pk)


def _question(request: HttpRequest, survey: Survey, asked: Question | None) -> HttpResponse:
    form = QuestionForm(request.POST or None, instance=asked or Question(place=len(survey.questions.all()) + 1))
    rows = offer_forms(request.POST or None, question=asked, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        # Answers that a kind does not have are not on its page, so nobody could mend them there.
        if form.cleaned_data["kind"] not in WITH_OFFERS:
            return _save(request, survey, asked, form.cleaned_data, [])
        if rows.is_valid():
            if offers := offers_in(rows):
                return _save(request, survey, asked, form.cleaned_data, offers)
            form.add_error("kind", _("Add at least one answer to choose from."))
    context = {
        "survey": survey,
        "question": asked,
        "form": form,
        "rows": rows,
        "is_answered": queries.is_answered(survey=survey),
    }
    return render(request, "surveys/question.html", context, status=422 if form.errors or rows.errors else 200)


def _save(request: HttpRequest, survey: Survey, asked: Question | None, fields: Any, offers: Any) -> HttpResponse:
    try:
        operations.save_question(survey=survey, by=request.user, fields=fields, offers=offers, question=asked)
    except operations.HasAnswers:
        _refuse(request)
    return redirect("surveys:build", survey.pk)


def _refuse(request: HttpRequest) -> None:
    messages.error(
        request, _("Somebody has answered, so the questions stay as they were. Make a next version to change them.")
    )


def _version(pk: int) -> Survey:
    found = queries.with_questions(pk=pk)
    if found is None:
        raise Http404
    return found


def _question_of(survey: Survey, pk: int) -> Question:
    for one in survey.questions.all():
        if one.pk == pk:
            return one
    raise Http404
