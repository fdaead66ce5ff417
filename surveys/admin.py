"""Surveys, at the desk."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.audit.admin import Audited

from . import operations
from .models import Choice, Effect, Question, Survey


class FrozenOnceAnswered:
    """Questions that somebody answered are read, not rewritten."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether nobody has answered yet."""
        return not _is_answered(obj) and bool(super().has_change_permission(request, obj))  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether nobody has answered yet."""
        return not _is_answered(obj) and bool(super().has_delete_permission(request, obj))  # type: ignore[misc]


class QuestionInline(FrozenOnceAnswered, admin.TabularInline):  # type: ignore[type-arg]
    """The questions of a survey."""

    model = Question
    extra = 1
    fields = ("place", "kind", "text_zh", "text_en", "is_required")
    show_change_link = True
    ordering = ("place", "pk")


class ChoiceInline(FrozenOnceAnswered, admin.TabularInline):  # type: ignore[type-arg]
    """The choices of a question."""

    model = Choice
    extra = 2
    fields = ("place", "text_zh", "text_en")
    show_change_link = True
    ordering = ("place", "pk")


class EffectInline(admin.TabularInline):  # type: ignore[type-arg]
    """What a choice says about topics; may be mended later, since it changes nobody's words."""

    model = Effect
    extra = 1


@admin.register(Survey)
class SurveyAdmin(FrozenOnceAnswered, Audited):  # type: ignore[type-arg]
    """Surveys and their versions."""

    list_display = ("title", "slug", "version", "opened_at", "closed_at", "see_results")
    list_filter = ("slug",)
    ordering = ("slug", "-version")
    readonly_fields = ("version", "opened_at", "closed_at")
    refusals: ClassVar = {"closes_after_it_opens": _("It would close before it opens.")}
    inlines = (QuestionInline,)
    actions = ("open_version", "close_version", "make_version")

    @admin.display(description=_("title"))
    def title(self, survey: Survey) -> str:
        """What it is called, in the language of the desk."""
        return survey.title

    @admin.display(description=_("results"))
    def see_results(self, survey: Survey) -> SafeString:
        """A link to what was answered."""
        return format_html('<a href="{}">{}</a>', reverse("surveys:results", args=[survey.pk]), gettext("Read"))

    @admin.action(description=_("Open this version, close the one before"))
    def open_version(self, request: HttpRequest, surveys: "QuerySet[Survey]") -> None:
        """Let the chosen versions take answers."""
        for survey in surveys:
            operations.open_version(survey=survey)
        self.message_user(request, gettext("The survey takes answers now."), messages.SUCCESS)

    @admin.action(description=_("Close: take no more answers"))
    def close_version(self, request: HttpRequest, surveys: "QuerySet[Survey]") -> None:
        """Let the chosen versions take no more answers."""
        for survey in surveys:
            operations.close(survey=survey)
        self.message_user(request, gettext("The survey takes no more answers."), messages.SUCCESS)

    @admin.action(description=_("Copy into a new version"))
    def make_version(self, request: HttpRequest, surveys: "QuerySet[Survey]") -> None:
        """Copy the chosen versions, so that their questions may be changed."""
        for survey in surveys:
            operations.new_version(survey=survey)
        self.message_user(request, gettext("The new version waits below; open it when it is ready."), messages.SUCCESS)


@admin.register(Question)
class QuestionAdmin(FrozenOnceAnswered, Audited):  # type: ignore[type-arg]
    """Questions, with their choices."""

    list_display = ("text", "survey", "kind", "place")
    list_filter = ("survey__slug", "kind")
    list_select_related = ("survey",)
    ordering = ("survey", "place", "pk")
    inlines = (ChoiceInline,)

    @admin.display(description=pgettext_lazy("survey", "question"))
    def text(self, question: Question) -> str:
        """What is asked, in the language of the desk."""
        return question.text


@admin.register(Choice)
class ChoiceAdmin(FrozenOnceAnswered, Audited):  # type: ignore[type-arg]
    """Choices, with what they say about topics."""

    list_display = ("text", "question")
    list_select_related = ("question",)
    ordering = ("question", "place", "pk")
    inlines = (EffectInline,)

    @admin.display(description=_("choice"))
    def text(self, choice: Choice) -> str:
        """What may be chosen, in the language of the desk."""
        return choice.text


def _is_answered(thing: Survey | Question | Choice | None) -> bool:
    if isinstance(thing, Survey):
        return thing.pk is not None and thing.submissions.exists()
    if isinstance(thing, Question):
        return thing.pk is not None and thing.survey.submissions.exists()
    return isinstance(thing, Choice) and thing.pk is not None and thing.question.survey.submissions.exists()
