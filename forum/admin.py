"""Reports and hidden posts at the desk, each with what stands around it."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.audit.admin import Audited, Readable, Waiting
from payments.models import Product

from . import operations, queries, shapes
from .forms import GroupForm, HideForm
from .models import Board, Flag, Group, GroupMember, Post
from .models.groups import KEEPERS


class Moderated(Readable):
    """Lists whose page of one thing shows a post in its thread, with what a moderator may do about it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Moderators."""
        return bool(request.user.has_perm("forum.change_flag"))

    def post_of(self, object_id: str) -> Post | None:
        """The post that the page with ``object_id`` is about."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the post in its thread and take the decision."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        post = self.post_of(object_id) if object_id.isdecimal() else None
        if post is None:
            raise Http404
        form = HideForm(request.POST if request.POST.get("act") == "hide" else None)
        if request.method == "POST" and self._decide(request, post, form):
            return redirect(request.path)
        return self._page(request, post, form)

    def _decide(self, request: HttpRequest, post: Post, form: HideForm) -> bool:
        match request.POST.get("act"):
            case "hide" if form.is_valid():
                operations.hide_post(post=post, by=request.user, reason=form.cleaned_data["reason"])
                messages.success(request, _("The post is hidden. Its author has been told why."))
            case "restore":
                operations.restore_post(post=post, by=request.user)
                messages.success(request, _("The post is shown again. Its author has been told."))
            case "keep":
                operations.keep_post(post=post, by=request.user)
                messages.success(request, _("The post stays. The reports on it are decided."))
            case _:
                return False
        return True

    def _page(self, request: HttpRequest, post: Post, form: HideForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), **_with_html(queries.moderation_page(post=post)),
            "title": _("A post and what stands around it"), "form": form, "opts": self.opts,
        }  # fmt: skip
        return TemplateResponse(request, "forum/desk/moderate.html", context, status=422 if form.errors else 200)


@admin.register(Flag)
class FlagAdmin(Moderated):
    """What members asked to be looked at."""

    list_display = ("excerpt", "reason", "note", "flagger", "created_at", "outcome", "resolved_by")
    list_filter = (
        Waiting.on("resolved_at", parameter_name="decision", title=gettext_lazy("state"), over=gettext_lazy("Decided")),
        "reason", "outcome",
    )  # fmt: skip
    list_select_related = ("post__thread", "flagger", "resolved_by")
    search_fields = ("post__source", "post__thread__title", "note")
    ordering = ("-created_at", "-pk")

    @admin.display(description=gettext_lazy("post"))
    def excerpt(self, flag: Flag) -> str:
        """How the post begins."""
        return queries.beginning_of(flag.post)

    def post_of(self, object_id: str) -> Post | None:
        """The post that was reported."""
        return Post.objects.filter(flags__pk=object_id).select_related("thread", "author").first()


class Hidden(Waiting):
    """What is hidden, and what is shown."""

    title = gettext_lazy("state")
    parameter_name = "shown"
    field = "hidden_at"
    code = "hidden"
    waiting = gettext_lazy("Hidden")
    over = gettext_lazy("Shown")
    is_set = True


@admin.register(Post)
class PostAdmin(Moderated):
    """Everything written, so that what was hidden is found again."""

    list_display = ("excerpt", "thread", "author", "created_at", "hidden_at", "hidden_reason")
    list_filter = (Hidden, "created_at")
    list_select_related = ("thread", "author")
    search_fields = ("source", "thread__title", "author__name", "author__username")
    ordering = ("-pk",)
    show_full_result_count = False

    @admin.display(description=gettext_lazy("post"))
    def excerpt(self, post: Post) -> str:
        """How it begins."""
        return queries.beginning_of(post)

    def post_of(self, object_id: str) -> Post | None:
        """The post itself."""
        return Post.objects.filter(pk=object_id).select_related("thread", "author").first()


@admin.register(Board)
class BoardAdmin(Audited):
    """The boards; one with threads in it cannot be deleted."""

    list_display = ("name_zh", "name_en", "slug", "order", "who_reads")
    fields = ("name_zh", "name_en", "slug", "order", "audience")
    prepopulated_fields = {"slug": ("name_en",)}
    ordering = ("order", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Board]:
        """Those of the school: the board of a group goes with its group."""
        return super().get_queryset(request).filter(group__isnull=True)

    def save_model(self, request: HttpRequest, obj: Board, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Save it; what stands on it is read by whoever may read the board."""
        super().save_model(request, obj, form, change)
        if change and "audience" in form.changed_data:
            operations.take_threads_along(board=obj)

    @admin.display(description=gettext_lazy("who reads it"))
    def who_reads(self, board: Board) -> str:
        """Those whom its audience names, in words where there are words for them."""
        words = {"public": pgettext("audience", "Everybody"), "members": pgettext("audience", "Members")}
        named = [words.get(key, key) for key in board.audience]
        return named[0] if words["public"] in named else " · ".join(named)


class Keeping(admin.TabularInline):  # type: ignore[type-arg]
    """Who keeps a group, to be read: its page changes that, and shows everybody who is in it; there may be thousands."""

    model = GroupMember
    verbose_name_plural = gettext_lazy("who keeps it")
    fields = readonly_fields = ("user", "role", "joined_at")
    ordering = ("pk",)
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupMember]:
        """Each with the member."""
        return super().get_queryset(request).filter(role__in=KEEPERS).select_related("user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here."""
        return False


@admin.register(Group)
class GroupAdmin(Audited):
    """The groups; whoever opens one is its first owner, and one in which something was said cannot be deleted."""

    form = GroupForm
    list_display = ("name_zh", "name_en", "entry", "member_count", "order")
    list_filter = ("entry",)
    fields = ("name_zh", "name_en", "slug", "about_zh", "about_en", "entry", "price", "order", "topics")
    prepopulated_fields = {"slug": ("name_en",)}
    ordering = ("order", "pk")
    inlines = (Keeping,)
    refusals: ClassVar = {"a_group_is_joined_somehow": gettext_lazy("Say how one joins.")}

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Open it, or save it with its board; seats are sold as the form says."""
        if change:
            operations.change_group(
                group=obj, by=request.user, price=form.cleaned_data["price"], currency=form.currency
            )
        else:
            operations.open_group(group=obj, by=request.user, price=form.cleaned_data["price"], currency=form.currency)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those who may, as long as no seat was ever on sale: orders name the group."""
        is_sold = obj is not None and Product.objects.filter(subject=obj.seat_key).exists()
        return not is_sold and super().has_delete_permission(request, obj)


def _with_html(shown: dict[str, Any]) -> dict[str, Any]:
    """``shown`` with each post's text as the page may print it."""
    for post in [shown["post"], *shown["before"], *shown["after"]]:
        post.body_html = shapes.sanitized(post.html)
    return shown
