"""What the owner reads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.web.csv_file import csv_response
from core.web.doors import for_the_owner

from . import queries, rules, shapes


@require_safe
@for_the_owner
def needs(request: HttpRequest) -> HttpResponse:
    """Demand and supply per topic; for the owner."""
    found = queries.needs()
    context = {
        "rows": [shapes.need_row(one) for one in found.needs], "columns": shapes.columns(), "stats": shapes.stats(found),
        "missing": [shapes.missing_row(one) for one in found.missing], "rising": [one.topic for one in found.rising],
        "chart": shapes.chart_rows(found), "chart_columns": [_("Topic"), _("People who want it"), _("Lessons there are")],
        "fewest": rules.FEWEST,
    }  # fmt: skip
    return render(request, "insights/needs.html", context)


@require_safe
@for_the_owner
def needs_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as a file; too few people stand there as too few, as on the page."""
    rows = [shapes.need_row(one) for one in queries.needs().needs]
    cells = ([row["topic"].name, *row["figures"], row["step"]["words"]] for row in rows)
    return csv_response(name="demand-and-supply", columns=[*shapes.columns(), _("Next step")], rows=cells)
