"""Reading a lesson and completing it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.realtime.topics import open_topics
from core.web.limits import limited
from courses import operations, queries, rules, shapes
from courses.forms import WatchedForm
from courses.models import Course, Lesson
from forum.queries import threads_about
from forum.shapes import thread_row
from payments.queries import products_for


@require_safe
def lesson(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One lesson; who holds no key gets the way in instead of the text."""
    found = _find(request, slug, pk)
    if found.course.slug != slug:
        return redirect(found, permanent=True)
    outline = queries.outline(course=found.course, viewer=request.user)
    if not queries.may_read(lesson=found, viewer=request.user):
        return render(request, "courses/locked.html", _locked(found, outline), status=403)
    live_topics = open_topics(f"lesson:{found.pk}")
    if request.user.is_authenticated:
        operations.note_lesson_view(lesson=found, by=request.user)
    page = _page(request, found, outline) | _playing(request, found) | {"live_topics": live_topics}
    return render(request, "courses/lesson.html", page)


@login_required
@require_POST
def complete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mark a lesson as completed and go on to the next one."""
    found = _find(request, slug, pk)
    outline = queries.outline(course=found.course, viewer=request.user)
    if not queries.may_read(lesson=found, viewer=request.user):
        return render(request, "courses/locked.html", _locked(found, outline), status=403)
    operations.complete_lesson(lesson=found, by=request.user)
    _, after = outline.around(found)
    return redirect(after.lesson if after else found.course)


@login_required
@require_POST
@limited(scope="watched", rate="30/m")
def watched(request: HttpRequest, slug: str, pk: int) -> JsonResponse:
    """Note which seconds of a recording were played; answer with how much of it that makes, and whether it was enough."""
    found = _find(request, slug, pk)
    form = WatchedForm(request.POST)
    if not queries.may_read(lesson=found, viewer=request.user) or found.file is None:
        raise Http404
    if not form.is_valid():
        return JsonResponse({}, status=400)
    try:
        progress = operations.note_watched(lesson=found, by=request.user, **form.cleaned_data)
    except operations.FasterThanTime:
        return JsonResponse({}, status=409)
    share = rules.seconds_of(progress.watched) / found.file.seconds if found.file.seconds else 0
    return JsonResponse({"percent": round(100 * share), "is_done": progress.completed_at is not None})


def _find(request: HttpRequest, slug: str, pk: int) -> Lesson:
    lessons = Lesson.objects.select_related("course__teacher", "section", "file", "beginning").filter(
        course__in=Course.objects.open_to(request.user).values("pk")
    )
    return get_object_or_404(lessons, pk=pk)


def _page(request: HttpRequest, found: Lesson, outline: queries.Outline) -> dict[str, Any]:
    before, after = outline.around(found)
    threads = threads_about(viewer=request.user, references=[f"lesson:{found.pk}"])
    return {
        "lesson": found, "body_html": shapes.body(found), "number": outline.number_of(found), "teacher": shapes.person(found.course.teacher),
        "course": {"url": found.course.get_absolute_url(), "title": found.course.title, "lang": found.course.language,
                   "done": outline.done, "total": len(outline.lessons)},
        "sections": shapes.sections(outline, current=found), "before": before, "after": after,
        "is_done": any(one.lesson.pk == found.pk and one.state == "done" for one in outline.lessons),
        "threads": [thread_row(thread) for thread in threads], "listed": shapes.listed(threads),
        "ask_url": f"{reverse('forum:ask')}?about=lesson:{found.pk}",
    }  # fmt: skip


def _playing(request: HttpRequest, found: Lesson) -> dict[str, Any]:
    """The lesson's file, what is said in it, and where this viewer stopped."""
    if found.file is None:
        return {}
    captions = queries.captions_of(lesson=found)
    progress = queries.progress_in(lesson=found, viewer=request.user)
    return {
        "player": shapes.player(found, file=found.file, captions=captions, progress=progress),
        "transcript": shapes.transcript(captions, language=request.LANGUAGE_CODE),
    }


def _locked(found: Lesson, outline: queries.Outline) -> dict[str, Any]:
    product = products_for([found.course.key]).get(found.course.key)
    preview = next((one.lesson for one in outline.lessons if one.lesson.is_preview and one.state != "done"), None)
    beginning = shapes.player(found, file=found.beginning) if found.beginning is not None else None
    return {"lesson": found, "course": found.course, "product": product, "preview": preview, "player": beginning}
