"""The teacher's studio."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.media import UploadRefused
from core.realtime.topics import open_topics
from courses import operations, queries
from courses.forms import CourseForm, LessonForm, MoveForm, OrderForm
from courses.models import Course, Lesson, Section
from forum.queries import longest_waiting, unanswered
from payments import currencies
from payments.models import Product, Tier
from payments.operations import exclude, include, set_price
from payments.queries import products_for, tiers_with


@login_required
@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """My courses, who waits for my answer, what was sold today."""
    live_topics = open_topics(f"teacher:{request.user.pk}")
    references = queries.references_of(teacher=request.user)
    context = {
        "courses": queries.taught_by(teacher=request.user),
        "live_topics": live_topics,
        "waiting": unanswered(viewer=request.user, references=references),
        "longest": longest_waiting(viewer=request.user, references=references),
        "sales": queries.sales_today(teacher=request.user),
    }
    return render(request, "courses/studio.html", context)


@login_required
@require_safe
def studio_course(request: HttpRequest, pk: int) -> HttpResponse:
    """One of my courses: its lessons and where learners stop."""
    course = _mine(request, pk)
    context = {
        "course": course,
        "lessons": queries.drop_off(course=course),
        "sections": queries.arranged(course=course),
        "product": products_for([course.key]).get(course.key),
    }
    return render(request, "courses/studio_course.html", context)


@login_required
def edit_course(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Make a course, or change what its page says."""
    course = _mine(request, pk) if pk else None
    product = products_for([course.key]).get(course.key) if course else None
    initial: dict[str, Any] = {
        "price": (Decimal(product.price_minor) / 100) if product else 99,
        **({} if course else {"language": request.LANGUAGE_CODE}),
    }
    initial["tiers"] = tiers_with(product=product) if product else []
    # A price keeps its currency while it changes.
    currency = product.currency if product else currencies.usual()
    form = CourseForm(request.POST or None, instance=course, initial=initial, currency=currency)
    if request.method == "POST" and form.is_valid():
        saved = _save_course(request, course, form)
        messages.success(request, _("Saved. Learners see it at once."))
        return redirect("studio:course", saved.pk)
    return render(
        request, "courses/edit_course.html", {"form": form, "course": course}, status=422 if form.errors else 200
    )


@login_required
def edit_lesson(request: HttpRequest, pk: int, lesson_pk: int = 0) -> HttpResponse:
    """Write a lesson, or change one; a published course shows it at once."""
    course = _mine(request, pk)
    lessons = Lesson.objects.select_related("section", "course", "file", "beginning")
    lesson = get_object_or_404(lessons, pk=lesson_pk, course=course) if lesson_pk else None
    initial = {"section_title": lesson.section.title if lesson else "", "captions_language": course.language}
    form = LessonForm(request.POST or None, request.FILES or None, instance=lesson, initial=initial)
    if request.method == "POST" and form.is_valid() and _save_lesson(request, course, lesson, form):
        messages.success(request, _("Saved. Learners see it at once."))
        return redirect("studio:course", course.pk)
    captions = queries.captions_of(lesson=lesson) if lesson else []
    context = {"form": form, "course": course, "lesson": lesson, "captions": captions}
    return render(request, "courses/edit_lesson.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a lesson or a section one place up or down."""
    course = _mine(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404
    what, ident, step = form.cleaned_data["what"], form.cleaned_data["ident"], form.cleaned_data["step"]
    if what == "lesson":
        operations.move_lesson(lesson=get_object_or_404(Lesson, pk=ident, course=course), step=step)
    else:
        operations.move_section(section=get_object_or_404(Section, pk=ident, course=course), step=step)
    return redirect(reverse("studio:course", args=[course.pk]) + f"#{what}-{ident}")


@login_required
@require_POST
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Put lessons in the order to which they were dragged."""
    course = _mine(request, pk)
    form = OrderForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        operations.arrange(course=course, order=form.cleaned_data["order"])
    except operations.NotItsLessons:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@login_required
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a course into the catalogue."""
    course = _mine(request, pk)
    if course.key not in products_for([course.key]):
        messages.warning(request, _("Give it a price first. 0 makes it free."))
        return redirect("studio:edit", course.pk)
    operations.publish_course(course=course, by=request.user)
    messages.success(request, _("It stands in the catalogue now."))
    return redirect(course)


def _mine(request: HttpRequest, pk: int) -> Course:
    return get_object_or_404(queries.taught_by(teacher=request.user), pk=pk)


def _save_lesson(request: HttpRequest, course: Course, lesson: Lesson | None, form: LessonForm) -> bool:
    """Save all of it or, when a file is refused, nothing; the form then says why."""
    try:
        with transaction.atomic():
            _write_lesson(request, course, lesson, form)
    except _RefusedIn as refused:
        form.add_error(refused.field, refused.why)
        return False
    return True


class _RefusedIn(Exception):
    def __init__(self, field: str, why: UploadRefused) -> None:
        super().__init__(field)
        self.field, self.why = field, why


@contextmanager
def _naming(field: str) -> Iterator[None]:
    """Say in which field the file was that is refused."""
    try:
        yield
    except UploadRefused as refused:
        raise _RefusedIn(field, refused) from refused


def _write_lesson(request: HttpRequest, course: Course, lesson: Lesson | None, form: LessonForm) -> None:
    given = form.cleaned_data
    fields = {name: given[name] for name in ("title", "source", "minutes", "is_preview")}
    section = given["section_title"]
    if lesson is None:
        lesson = operations.add_lesson(course=course, section=section, **fields)
    else:
        lesson = operations.edit_lesson(lesson=lesson, section_title=section, **fields)
    if given.get("removes_file"):
        operations.remove_file(lesson=lesson)
    with _naming("file"):
        if given["file"]:
            operations.attach_file(lesson=lesson, file=given["file"], by=request.user)
    with _naming("captions"):
        if given["captions"]:
            operations.set_captions(
                lesson=lesson, file=given["captions"], language=given["captions_language"], by=request.user
            )
    with _naming("free_minutes"):
        operations.offer_beginning(lesson=lesson, minutes=given["free_minutes"] or 0)


@transaction.atomic
def _save_course(request: HttpRequest, course: Course | None, form: CourseForm) -> Course:
    fields: dict[str, Any] = {
        name: form.cleaned_data[name]
        for name in ("title", "summary", "language", "level", "format", "outcomes", "for_whom")
    }
    topic_ids = [topic.pk for topic in form.cleaned_data["topics"]]
    if course is None:
        course = operations.create_course(by=request.user, topic_ids=topic_ids, **fields)
    else:
        Course.objects.filter(pk=course.pk).update(**fields)
        course.topics.set(topic_ids)
    amount = int(form.cleaned_data["price"] * 100)
    product = set_price(
        kind="course",
        subject=course.key,
        title=course.title,
        amount=amount,
        currency=form.currency,
        creator=course.teacher,
        by=request.user,
    )
    _set_tiers(product, set(form.cleaned_data.get("tiers", [])), by=request.user)
    return course


def _set_tiers(product: Product, wanted: set[Tier], *, by: Any) -> None:
    now = set(tiers_with(product=product))
    for tier in wanted - now:
        include(tier=tier, product=product, by=by)
    for tier in now - wanted:
        exclude(tier=tier, product=product, by=by)
