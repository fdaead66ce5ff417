"""What was answered: as charts, as tables, as a file."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core.web.csv_file import csv_response
from surveys import queries
from surveys.models import Survey


@require_safe
@login_required
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """What was answered to one version."""
    found = _asked_by_staff(request, pk)
    answered = queries.results(survey=found)
    context = {
        "survey": found, "results": answered, "fewest": queries.FEWEST, "columns": [_("Answer"), _("Count")],
        "is_answered": any(one.answered for one in answered), "may_build": request.user.is_superuser,
    }  # fmt: skip
    return render(request, "surveys/results.html", context)


@require_safe
@login_required
def results_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of one version as a file; what too few answered is not in it, as on the page."""
    found = _asked_by_staff(request, pk)
    rows = [
        (result.question.text, result.answered, bar.label, bar.count, bar.share)
        for result in queries.results(survey=found)
        for bar in result.bars
    ]
    columns = [pgettext("survey", "Question"), _("Answered by"), _("Answer"), _("Count"), _("Percent")]
    return csv_response(name=f"survey-{found.slug}-{found.version}", columns=columns, rows=rows)


def _asked_by_staff(request: HttpRequest, pk: int) -> Survey:
    if not request.user.is_staff:
        raise PermissionDenied
    found = queries.with_questions(pk=pk)
    if found is None:
        raise Http404
    return found
