"""Where members see why something is recommended, and say what they want of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Purpose
from accounts.queries import has_consented, is_personalized
from topics.models import Topic
from topics.queries import tree

from . import kinds, operations, queries
from .models import Dismissal, TopicWish

MOST_LISTED = 50
"""So many threads a page may say that it shows already."""


@login_required
@require_POST
def dismiss(request: HttpRequest, item: str, reason: str) -> HttpResponse:
    """Not interested, or known already: in force in the next request."""
    if reason not in Dismissal.Reason.values or item not in kinds.load([item], viewer=request.user):
        raise Http404
    operations.dismiss(user=request.user, item=item, reason=reason)
    if request.htmx:
        return render(request, "recsys/dismissed.html", {"item": item})
    messages.success(request, _("You will not see that again."))
    return _back(request, otherwise="home")


@login_required
@require_POST
def undo(request: HttpRequest, item: str) -> HttpResponse:
    """Show it again after all."""
    operations.take_back_dismissal(user=request.user, item=item)
    return _back(request, otherwise="home")


@login_required
@require_safe
def why(request: HttpRequest, item: str) -> HttpResponse:
    """Everything that speaks for one card."""
    found = queries.why(viewer=request.user, name=item)
    if found is None:
        raise Http404
    return render(request, "recsys/why.html", {"why": found})


@require_safe
def related(request: HttpRequest, item: str) -> HttpResponse:
    """What stands beside a course, a lesson or a thread; alone, or as the part of its page that comes later."""
    listed = [f"thread:{pk}" for pk in request.GET.getlist("listed")[:MOST_LISTED]]
    picks = queries.related(viewer=request.user, name=item, listed=listed) if kinds.is_name(item) else None
    if picks is None:
        raise Http404
    return _beside(request, {"picks": picks, "title": _("Beside it")})


@login_required
@require_safe
def answerable(request: HttpRequest) -> HttpResponse:
    """Questions that wait and that one could answer."""
    return _beside(
        request, {"picks": queries.answerable(viewer=request.user), "title": _("Questions you could answer")}
    )


@login_required
@require_safe
def interests(request: HttpRequest) -> HttpResponse:
    """What we think you like."""
    found = queries.interests_of(viewer=request.user)
    context = {
        "interests": found,
        "is_personalized": is_personalized(request.user),
        "is_findable": has_consented(user=request.user, purpose=Purpose.FINDABLE),
        "branches": _still_open({one.topic.pk for one in found}),
        "dismissed": queries.dismissed(viewer=request.user),
    }
    return render(request, "recsys/interests.html", context)


@login_required
@require_POST
def wish(request: HttpRequest, slug: str, wish: str) -> HttpResponse:
    """More of a topic, less of it, or not an interest at all: in force in the next request."""
    if wish not in TopicWish.Wish.values:
        raise Http404
    topic = get_object_or_404(Topic, slug=slug)
    operations.wish(user=request.user, topic=topic, wish=wish)
    if request.htmx:
        return render(request, "recsys/wished.html", {"topic": topic, "wish": wish})
    messages.success(request, _("Noted for %(topic)s. It holds from now on.") % {"topic": topic.name})
    return _back(request)


@login_required
@require_POST
def take_back_wish(request: HttpRequest, slug: str) -> HttpResponse:
    """Forget what was said about a topic."""
    operations.take_back_wish(user=request.user, topic=get_object_or_404(Topic, slug=slug))
    messages.success(request, _("Taken back."))
    return _back(request)


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add a topic by hand."""
    topic = get_object_or_404(Topic, slug=request.POST.get("topic", ""))
    operations.wish(user=request.user, topic=topic, wish=TopicWish.Wish.MORE)
    messages.success(request, _("Noted for %(topic)s. It holds from now on.") % {"topic": topic.name})
    return redirect("recsys:interests")


def _beside(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    reasons = {str(pick.because) for pick in context["picks"]}
    # What all of them share is said once, above them.
    context |= {"because": reasons.pop() if len(reasons) == 1 and len(context["picks"]) > 1 else ""}
    return render(request, "recsys/beside.html#rows" if request.htmx else "recsys/beside.html", context)


def _still_open(known: set[int]) -> list[tuple[Topic, list[Topic]]]:
    """The tree without what is listed already."""
    branches = [
        (branch.topic, [one for one in (branch.topic, *branch.children) if one.pk not in known]) for branch in tree()
    ]
    return [(root, open_topics) for root, open_topics in branches if open_topics]


def _back(request: HttpRequest, *, otherwise: str = "recsys:interests") -> HttpResponse:
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if allowed else otherwise)
