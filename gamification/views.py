"""Boards, and one's own points."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import queries, shapes

LINES_PER_PAGE = 40


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Who did most for others and for themselves."""
    window = request.GET.get("window", "7d")
    window = window if window in queries.WINDOWS else "7d"
    context = {
        "rows": [shapes.board_row(one) for one in queries.leaderboard(window=window, viewer=request.user)],
        "near": [shapes.board_row(one) for one in queries.near_me(window=window, viewer=request.user)],
        "tabs": _tabs(window), "rules": queries.rules(),
    }  # fmt: skip
    return render(request, "gamification/board.html", context)


@login_required
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """My points, line by line, each with its reason."""
    page = Paginator(queries.points_lines(user=request.user), LINES_PER_PAGE).get_page(request.GET.get("page", 1))
    rules = list(queries.rules())
    names = {rule.code: rule.name for rule in rules}
    context = {
        "page": page, "lines": shapes.lines(page, names=names, viewer=request.user), "standing": queries.standing(user=request.user),
        "badges": queries.badges(user=request.user), "rules": rules,
    }  # fmt: skip
    return render(request, "gamification/points.html", context)


def _tabs(current: str) -> list[dict[str, object]]:
    here = reverse("gamification:board")
    labels = {"7d": _("7 days"), "30d": _("30 days"), "all": _("All time")}
    return [
        {"label": label, "url": f"{here}?window={name}", "is_current": name == current}
        for name, label in labels.items()
    ]
