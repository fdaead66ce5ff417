"""Lists of threads, one thread, and starting one."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.reading import elsewhere, languages_for
from core import text
from core.audience.keys import MEMBERS, PUBLIC
from core.web.numbers import number_in
from forum import operations, queries, shapes
from forum.about import About, describe
from forum.forms import PostForm, QuestionForm, ThreadForm
from forum.models import Board, Thread
from topics.queries import roots


@require_safe
def community(request: HttpRequest) -> HttpResponse:
    """Threads and questions, with filters."""
    kind, show, topic = (request.GET.get(name, "") for name in ("kind", "show", "topic"))
    languages = languages_for(request)
    boards = list(queries.boards_of(request.user))
    board = _chosen(boards, request.GET.get("board", ""))
    found = queries.thread_list(
        viewer=request.user, kind=kind, show=show, topic=topic, board=board, languages=languages, page=request.GET.get("page", 1)
    )  # fmt: skip
    page = found.page
    also = elsewhere(request, found.counts, shown=languages) if show != "mine" else []
    context = {
        "also": also, "page": page, "rows": [shapes.thread_row(thread) for thread in page], "tabs": _tabs(request, kind, show),
        "topics": _topics(topic), "topic": topic, "kind": kind, "show": show, "board": board, "boards": _boards(boards, board),
    }  # fmt: skip
    return render(request, "forum/community.html", context)


@require_safe
def thread(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """One thread; an old or missing slug leads to today's address."""
    found = get_object_or_404(
        Thread.objects.open_to(request.user).select_related("author", "board__group").prefetch_related("topics"), pk=pk
    )
    if slug != found.slug:
        return redirect(found, permanent=True)
    page = queries.thread_page(
        thread=found,
        viewer=request.user,
        page=request.GET.get("page", 1),
        around=number_in(request.GET.get("post", "")),
    )
    if request.user.is_authenticated and "page" not in request.GET:
        operations.note_view(thread=found, by=request.user)
    return render(request, "forum/thread.html", thread_context(page, viewer=request.user, form=PostForm()))


def thread_context(page: queries.ThreadPage, *, viewer: Any, form: PostForm) -> dict[str, Any]:
    """What the templates of a thread take."""

    def card(post: Any) -> dict[str, Any]:
        return shapes.post_card(post, thread=page.thread, viewer=viewer, voted=page.voted)

    return {
        "thread": page.thread, "about": page.about, "page": page.posts, "live_topics": page.live_topics, "form": form,
        "first": card(page.first), "accepted": card(page.accepted) if page.accepted else None,
        "posts": [card(post) for post in page.posts if page.accepted is None or post.pk != page.accepted.pk],
        "description": text.excerpt(page.first.html, words=30) if page.first.hidden_at is None else "",
        "linked": shapes.linked_question(page.thread, first=page.first, accepted=page.accepted) if page.thread.is_question else None,
        "arriving": shapes.arriving_acts(page.thread, viewer=viewer) if viewer.is_authenticated else None,
    }  # fmt: skip


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a question, perhaps under a lesson."""
    return _begin(request, operations.ask, template="forum/ask.html", form_class=QuestionForm)


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Start a discussion."""
    return _begin(request, operations.start_thread, template="forum/start.html", has_boards=True)


@login_required
@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Questions like the one being typed."""
    found = queries.similar(viewer=request.user, title=request.GET.get("title", ""))
    return render(request, "forum/ask.html#similar", {"similar": found})


def _begin(
    request: HttpRequest, begin: Callable[..., Thread], *, template: str, has_boards: bool = False,
    form_class: type[ThreadForm] = ThreadForm,
) -> HttpResponse:  # fmt: skip
    reference = (request.POST or request.GET).get("about", "")
    about = _about_or_refuse(request, reference)
    form = _form(request, about, has_boards=has_boards, form_class=form_class)
    if request.method == "POST" and form.is_valid():
        board: Board | None = form.cleaned_data.get("board")
        place = {"board": board} if board else {}
        started = begin(
            by=request.user, title=form.cleaned_data["title"], source=form.cleaned_data["body"], about=reference,
            audience=_audience(about, board), **place,
            topic_ids=[topic.pk for topic in form.cleaned_data["topics"]] if "topics" in form.fields else about.topic_ids,
        )  # fmt: skip
        return redirect(started)
    context = {"form": form, "about": about}
    return render(request, template, context, status=422 if form.errors else 200)


def _form(request: HttpRequest, about: About | None, *, has_boards: bool, form_class: type[ThreadForm]) -> ThreadForm:
    # What stands under a course or a lesson is read by whoever reads that; boards are for the rest.
    boards = queries.boards_of(request.user) if has_boards and not about else None
    initial = {name: request.GET.get(name, "") for name in ("about", "title", "board")}
    form = form_class(request.POST or None, boards=boards, initial=initial)
    if about and about.topic_ids:
        # What stands under a lesson is about what its course is about; nobody has to say it again.
        del form.fields["topics"]
    return form


def _audience(about: About | None, board: Board | None) -> list[str]:
    if about:
        return list(about.audience)
    return list(board.audience) if board else [PUBLIC, MEMBERS]


def _chosen(boards: list[Board], slug: str) -> Board | None:
    if not slug:
        return None
    for board in boards:
        if board.slug == slug:
            return board
    raise Http404


def _boards(boards: list[Board], current: Board | None) -> list[dict[str, Any]]:
    return [
        {
            "label": board.name,
            "url": board.get_absolute_url(),
            "is_current": current is not None and board.pk == current.pk,
        }
        for board in boards
        if board.group_id is None
    ]


def _about_or_refuse(request: HttpRequest, reference: str) -> About | None:
    about = describe(reference, viewer=request.user) if reference else None
    if reference and about is None:
        raise PermissionDenied
    return about


def _topics(current: str) -> list[dict[str, Any]]:
    here = reverse("forum:list")
    return [
        {"label": str(one), "url": f"{here}?topic={one.slug}", "is_current": one.slug == current} for one in roots()
    ]


def _tabs(request: HttpRequest, kind: str, show: str) -> list[dict[str, Any]]:
    here = reverse("forum:list")
    tabs = [
        (_("Everything"), "", ""),
        (_("Questions"), "question", ""),
        (_("Unanswered"), "question", "unanswered"),
        (_("Discussions"), "discussion", ""),
    ]
    if request.user.is_authenticated:
        tabs.append((_("Mine"), "", "mine"))
    return [
        {"label": label, "url": f"{here}?kind={k}&show={s}" if k or s else here, "is_current": (k, s) == (kind, show)}
        for label, k, s in tabs
    ]
