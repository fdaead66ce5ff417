"""Reading a lesson and completing it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.realtime.topics import open_topics
from courses import operations, queries, shapes
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
    return render(request, "courses/lesson.html", _page(request, found, outline) | {"live_topics": live_topics})


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


def _find(request: HttpRequest, slug: str, pk: int) -> Lesson:
    lessons = Lesson.objects.select_related("course__teacher", "section").filter(
        course__in=Course.objects.open_to(request.user).values("pk")
    )
    return get_object_or_404(lessons, pk=pk)


def _page(request: HttpRequest, found: Lesson, outline: queries.Outline) -> dict[str, Any]:
    before, after = outline.around(found)
    number = [one.lesson.pk for one in outline.lessons].index(found.pk) + 1
    threads = threads_about(viewer=request.user, references=[f"lesson:{found.pk}"]).prefetch_related("topics")
    return {
        "lesson": found, "body_html": shapes.body(found), "number": number, "teacher": shapes.person(found.course.teacher),
        "course": {"url": found.course.get_absolute_url(), "title": found.course.title, "lang": found.course.language,
                   "done": outline.done, "total": len(outline.lessons)},
        "sections": shapes.sections(outline, current=found), "before": before, "after": after,
        "is_done": any(one.lesson.pk == found.pk and one.state == "done" for one in outline.lessons),
        "threads": [thread_row(thread) for thread in threads], "ask_url": f"{reverse('forum:ask')}?about=lesson:{found.pk}",
    }  # fmt: skip


def _locked(found: Lesson, outline: queries.Outline) -> dict[str, Any]:
    product = products_for([found.course.key]).get(found.course.key)
    preview = next((one.lesson for one in outline.lessons if one.lesson.is_preview), None)
    return {"lesson": found, "course": found.course, "product": product, "preview": preview}
