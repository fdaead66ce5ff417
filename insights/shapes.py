"""Needs as their page and their file show them."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from . import rules
from .queries import Missing, Need, Needs, People

IN_THE_CHART = 8


def figure(people: People) -> str:
    """A number of people, or that they are too few to be counted."""
    if not people.count:
        return "0"
    return str(people.count) if people.shown else _("< %(fewest)s") % {"fewest": rules.FEWEST}


def need_row(need: Need) -> dict[str, Any]:
    """One topic as a row of the table."""
    people = [figure(one) for one in (need.people, need.this_week, need.searched, need.asked, need.wanted)]
    figures = [*people, str(need.unanswered), str(need.lessons), str(need.courses)]
    return {
        "topic": need.topic, "figures": figures, "cells": list(zip(columns()[1:], figures, strict=True)),
        "is_rising": need.is_rising, "step": next_step(need),
    }  # fmt: skip


def next_step(need: Need) -> dict[str, str]:
    """What the owner might do about it, and where."""
    if need.people.known and (not need.courses or need.gap >= rules.WIDE):
        return _find_a_teacher(need)
    if need.unanswered:
        query = urlencode({"kind": "question", "show": "unanswered", "topic": need.topic.slug})
        return {"words": _("Answer what is open"), "url": f"{reverse('forum:list')}?{query}"}
    if need.people.known:
        return {"words": _("Look at its courses"), "url": f"{reverse('courses:list')}?topic={need.topic.slug}"}
    if need.lessons:
        return {
            "words": _("Tell people of it"),
            "url": _begin(_("What would you ask about %(topic)s?"), need.topic.name),
        }
    return {"words": _("Wait and see"), "url": ""}


def _find_a_teacher(need: Need) -> dict[str, str]:
    if need.answerer is not None:
        words = _("Ask %(name)s to teach it") % {"name": need.answerer}
        return {"words": words, "url": reverse("accounts:profile", args=[need.answerer.username])}
    return {
        "words": _("Ask on a board who would teach it"),
        "url": _begin(_("Who would teach %(topic)s?"), need.topic.name),
    }


def missing_row(missing: Missing) -> dict[str, Any]:
    """One phrase for which nothing was found."""
    step = {
        "words": _("Open a talk about it"),
        "url": _begin(_("What do you want to know about %(topic)s?"), missing.text),
    }
    return {"text": missing.text, "figures": [figure(missing.people), figure(missing.this_week)], "step": step}


def _begin(words: str, topic: str) -> str:
    return f"{reverse('forum:start')}?{urlencode({'title': words % {'topic': topic}})}"


def columns() -> list[str]:
    """The columns of the table and of the file."""
    return [
        _("Topic"), _("People"), _("This week"), _("Searched"), _("Asked"), _("Said so"), _("Open questions"), _("Lessons there are"),
        _("Courses there are"),
    ]  # fmt: skip


def chart_rows(found: Needs) -> list[list[Any]]:
    """The widest gaps: topic, people, lessons."""
    wanted = [one for one in found.needs if one.people.shown]
    return [[one.topic.name, one.people.known, one.lessons] for one in wanted[:IN_THE_CHART]]


def stats(found: Needs) -> list[dict[str, str]]:
    """What was searched in all, as figures above the page."""
    return [
        {"label": _("Searches in four weeks"), "value": str(found.searches)},
        {"label": _("of them without a result"), "value": str(found.without_result)},
        {"label": _("of them by people whom we do not count"), "value": str(found.uncounted)},
    ]
