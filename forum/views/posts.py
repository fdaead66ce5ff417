"""Writing in a thread, and what one does with posts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import text
from forum import operations, queries, shapes
from forum.forms import FlagForm, PostForm
from forum.models import Post, Thread
from forum.operations.writing import NotTheAuthor

from .threads import thread_context


@login_required
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question or reply in a discussion."""
    thread = get_object_or_404(Thread.objects.open_to(request.user), pk=pk)
    form = PostForm(request.POST)
    if not form.is_valid():
        return _refused(request, thread, form)
    try:
        if thread.is_question:
            post = operations.answer(question=thread, by=request.user, source=form.cleaned_data["body"])
        else:
            post = operations.reply(thread=thread, by=request.user, source=form.cleaned_data["body"])
    except operations.ThreadClosed:
        form.add_error(None, _("This thread was closed while you wrote. Your text is still here; you can copy it."))
        return _refused(request, thread, form)
    return redirect(post)


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an answer solved the question."""
    answer = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread"), pk=pk, is_first=False)
    try:
        question = operations.accept_answer(answer=answer, by=request.user)
    except operations.NotTheAsker as refused:
        raise PermissionDenied from refused
    messages.success(request, _("Accepted. Whoever answered gets the points."))
    return redirect(question)


@login_required
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a vote or take it back."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread", "author"), pk=pk)
    has_voted = post.votes.filter(voter=request.user).exists()
    try:
        voted = operations.vote(post=post, by=request.user, is_useful=not has_voted)
    except operations.OwnPost as refused:
        raise PermissionDenied from refused
    if not request.htmx:
        return redirect(post)
    return render(request, "forum/vote.html", {"post": voted, "is_given": not has_voted})


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own post."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread"), pk=pk)
    if post.author_id != request.user.pk:
        raise PermissionDenied
    form = PostForm(request.POST or None, initial={"body": post.source})
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_post(post=post, by=request.user, source=form.cleaned_data["body"])
        except NotTheAuthor as refused:
            raise PermissionDenied from refused
        return redirect(post)
    return render(request, "forum/edit.html", {"form": form, "post": post}, status=422 if form.errors else 200)


@login_required
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a post to the moderators."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread", "author"), pk=pk)
    form = FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.flag(post=post, by=request.user, **form.cleaned_data)
        messages.success(request, _("Thank you. A moderator will look at it."))
        return redirect(post)
    context = {"form": form, "post": post, "card": shapes.post_card(post, thread=post.thread)}
    return render(request, "forum/flag.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The text as it will look: the same code that renders it when it is posted."""
    source = request.POST.get("body", "")
    try:
        rendered = text.render(source, language=text.detect_language(source))
    except text.TextRefused as refused:
        return render(request, "forum/preview.html", {"refusal": " ".join(refused.messages)}, status=422)
    return render(request, "forum/preview.html", {"html": shapes.sanitized(rendered.html)})


def _refused(request: HttpRequest, thread: Thread, form: PostForm) -> HttpResponse:
    page = queries.thread_page(thread=thread, viewer=request.user)
    return render(request, "forum/thread.html", thread_context(page, viewer=request.user, form=form), status=422)
