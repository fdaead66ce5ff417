"""The front page, the search page and the legal texts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from django_htmx.http import replace_url

from accounts.reading import Elsewhere, elsewhere, languages_for
from core.web.numbers import number_in
from courses.queries import count_by_language
from gamification.queries import standing
from insights.operations import note_search
from recsys.kinds import is_name
from recsys.operations import note_shown
from recsys.rules import WHOLE

from . import queries
from .models import LegalText
from .rules import ABOVE, BESIDE, CARDS, FIRST_CARDS, MOST_NAMED


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For a guest, what this school is, or that it is not open yet; for a member, where they stopped and what is for them."""
    if not request.user.is_authenticated:
        if queries.school() is None:
            return render(request, "community/unopened.html")
        context = queries.welcome(viewer=request.user, language=request.LANGUAGE_CODE)
        return render(request, "community/welcome.html", context)
    context = queries.home(viewer=request.user, count=_cards_in(request.GET))
    context["also"] = _also(request)
    note_shown(user=request.user, cards=context["feed"])
    return render(request, "community/home.html", context)


@login_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The next part of what is for a member, for a script of the home page to put below the cards there; whoever else comes finds them there."""
    if not request.htmx:
        return redirect("home")
    above, beside = (_names_in(request.GET.get(which, "")) for which in (ABOVE, BESIDE))
    count = _cards_in(request.GET)
    context = queries.feed(viewer=request.user, above=above, beside=beside, count=count)
    note_shown(user=request.user, cards=context["feed"])
    # Who opens one of them and goes back finds as many again.
    return replace_url(render(request, "community/feed_part.html", context), queries.home_with(count))


def _names_in(listed: str) -> list[str]:
    return [name for name in listed.split(",")[:MOST_NAMED] if is_name(name)]


def _cards_in(asked: QueryDict) -> int:
    return min(max(FIRST_CARDS, number_in(asked.get(CARDS, "")) or 0), WHOLE)


def _also(request: HttpRequest) -> list[Elsewhere]:
    """What the catalog has in languages that the member does not read: cards of those stand behind all others, or not at all."""
    reads = list(request.user.reads)
    counts = count_by_language(viewer=request.user, but=reads)
    return elsewhere(request, counts, shown=reads, at=reverse("courses:list"))


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Everything that is mine, one tap away on a phone."""
    return render(request, "community/me.html", {"standing": standing(user=request.user)})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What may be found by whoever asks."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    languages = languages_for(request)
    context = queries.search(
        viewer=request.user, text=text, kind=kind, page=request.GET.get("page", "1"), languages=languages
    )
    if context["page"] is not None:
        if context["number"] == 1 and not kind:
            note_search(viewer=request.user, text=text, hits=0 if context["page"].is_guess else context["page"].total)
        context["also"] = elsewhere(request, context["page"].counts, shown=languages)
    return render(request, "community/search.html", context)


@require_safe
def legal(request: HttpRequest, kind: str) -> HttpResponse:
    """A legal text in force, in the reader's language where there is one."""
    texts = LegalText.objects.filter(kind=kind).order_by("-version")
    found = texts.filter(language=request.LANGUAGE_CODE).first() or get_object_or_404(texts[:1])
    return render(request, "community/legal.html", {"text": found, "legal_html": mark_safe(found.html)})  # noqa: S308 - rendered by core.text
