"""Finding a course, its page, what one studies."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.queries import profile_of
from accounts.reading import elsewhere, languages_for
from core.audience import keys_of
from core.text import detect_language
from courses import operations, queries, shapes
from courses.forms import ReviewForm
from courses.models import Course, FormerSlug
from forum.queries import threads_about
from forum.shapes import thread_row
from payments.queries import prices_for, products_for
from payments.shapes import offer
from topics.queries import roots


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every course, by topic and level."""
    topic, level = request.GET.get("topic", ""), request.GET.get("level", "")
    languages = languages_for(request)
    found = queries.catalogue(
        viewer=request.user, topic=topic, level=level, languages=languages, page=request.GET.get("page", 1)
    )
    done = queries.done_in(viewer=request.user, courses=found.page)
    prices = prices_for([course.key for course in found.page], viewer=request.user)
    context = {
        "courses": shapes.course_cards(found.page, prices=prices, viewer=request.user, done=done), "page": found.page,
        "also": elsewhere(request, found.counts, shown=languages),
        "filters": _filters(topic),
    }  # fmt: skip
    return render(request, "courses/catalogue.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A course: what one will be able to do, its lessons, its teacher, what it costs."""
    course = (
        Course.objects.open_to(request.user)
        .select_related("teacher")
        .prefetch_related("topics")
        .filter(slug=slug)
        .first()
    )
    if course is None:
        seen = Course.objects.open_to(request.user).values("pk")
        former = get_object_or_404(FormerSlug.objects.select_related("course").filter(course__in=seen), slug=slug)
        return redirect(former.course, permanent=True)
    return render(request, "courses/detail.html", _detail(request, course))


@login_required
@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """What I study."""
    enrollments = list(queries.learning(user=request.user))
    cards = [shapes.course_card(one.course, topic=one.topic_name, done=one.done) for one in enrollments]
    return render(request, "courses/learning.html", {"cards": cards})


@login_required
@require_POST
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Rate a course that one has studied."""
    course = get_object_or_404(Course.objects.open_to(request.user).select_related("teacher"), slug=slug)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            operations.review_course(course=course, by=request.user, **form.cleaned_data)
        except operations.NotStudiedEnough:
            form.add_error(None, _("Complete a quarter of the lessons first; then your word weighs something."))
        else:
            messages.success(request, _("Thank you. Your review stands on the course's page."))
            return redirect(course)
    return render(request, "courses/detail.html", _detail(request, course) | {"review_form": form}, status=422)


def _detail(request: HttpRequest, course: Course) -> dict[str, Any]:
    outline = queries.outline(course=course, viewer=request.user)
    product = products_for([course.key]).get(course.key)
    # Who studied it by a membership that is over has the note of it, and no key any more.
    holds_key = course.key in keys_of(request.user)
    about = profile_of(course.teacher).bio
    enrollment = queries.enrollment_of(viewer=request.user, course=course) if holds_key else None
    threads = threads_about(
        viewer=request.user, references=[course.key, *(f"lesson:{one.lesson.pk}" for one in outline.lessons)], limit=5
    )
    return {
        "course": course, "card": shapes.course_card(course, topic=next((one.name for one in course.topics.all()), None)),
        "sections": shapes.sections(outline),
        "gains": course.outcomes, "enrollment": enrollment, "holds_key": holds_key, "done": outline.done, "total": len(outline.lessons),
        "offer": _offer(request, course, product, outline) if enrollment is None else None, "go_on": outline.first_open(),
        "teacher": shapes.person(course.teacher) | {"about": about, "lang": detect_language(about)},
        "reviews": [shapes.review(one, course=course) for one in queries.reviews(course=course)],
        "threads": [thread_row(thread) for thread in threads], "listed": shapes.listed(threads), "review_form": ReviewForm(),
        "may_review": enrollment is not None and outline.done > 0, "linked": shapes.linked_course(course, product=product),
    }  # fmt: skip


@login_required
@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a course that one holds the key to already, by a membership."""
    course = get_object_or_404(Course.objects.open_to(request.user), slug=slug)
    if course.key not in keys_of(request.user):
        return redirect(course)
    operations.enroll(course=course, user=request.user)
    first = queries.outline(course=course, viewer=request.user).first_open()
    return redirect(first or course)


def _offer(request: HttpRequest, course: Course, product: Any, outline: queries.Outline) -> dict[str, Any] | None:
    if product is None:
        return None
    if request.user.pk == course.teacher_id:
        return _of_its_teacher(course, product)
    if course.key in keys_of(request.user):
        return _to_begin(course)
    preview = next((one.lesson for one in outline.lessons if one.lesson.is_preview), None)
    shown = offer(
        product, buyer=request.user, label=_("Buy the course"), kept=_("Yours for as long as the school exists")
    )
    return shown | {
        "label": _("Begin the course") if shown["amount"] == 0 else shown["label"],
        "preview_url": preview.get_absolute_url() if preview else "",
    }


def _of_its_teacher(course: Course, product: Any) -> dict[str, Any]:
    facts = [{"icon": "check", "text": _("This is what it costs for others; it is yours")}]
    return {
        "amount": product.price_minor, "currency": product.currency, "url": reverse("studio:course", args=[course.pk]),
        "label": _("To the studio"), "facts": facts,
    }  # fmt: skip


def _to_begin(course: Course) -> dict[str, Any]:
    facts = [{"icon": "check", "text": _("Included in your membership, for as long as it runs")}]
    return {
        "words": _("Included"), "url": reverse("courses:begin", args=[course.slug]), "is_post": True,
        "label": _("Begin the course"), "facts": facts,
    }  # fmt: skip


def _filters(current: str) -> list[dict[str, Any]]:
    here = reverse("courses:list")
    everything = {"label": _("All"), "url": here, "is_current": not current}
    return [
        everything,
        *({"label": str(one), "url": f"{here}?topic={one.slug}", "is_current": one.slug == current} for one in roots()),
    ]
