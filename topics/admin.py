"""The tree at the desk."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.audit.admin import Audited

from . import operations
from .forms import MergeForm, TopicForm
from .models import Topic
from .rules import CannotMerge


@admin.register(Topic)
class TopicAdmin(Audited):
    """Topics: named, ordered, merged. Nobody deletes one: what is tagged with it would lose its place."""

    form = TopicForm
    action_form = MergeForm
    actions = ("merge",)
    list_display = ("name_zh", "name_en", "parent", "place", "slug")
    list_editable = ("place",)
    list_select_related = ("parent",)
    search_fields = ("name_zh", "name_en", "slug", "synonyms")
    prepopulated_fields = {"slug": ("name_en",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Those in use; signposts are not edited."""
        found: QuerySet[Topic] = Topic.objects.order_by("parent__place", "parent__slug", "place", "slug")
        return found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.action(description=gettext_lazy("Merge into another topic"), permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        """Make the chosen topics part of the one named beside the action, all or none."""
        into = Topic.objects.filter(pk=request.POST.get("into") or None).first()
        if into is None:
            self.message_user(request, _("Choose the topic that they become part of."), messages.ERROR)
            return
        try:
            count = _merge(queryset.exclude(pk=into.pk), into, request.user)
        except CannotMerge as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            said = ngettext(
                "%(count)d topic is now part of %(name)s.", "%(count)d topics are now part of %(name)s.", count
            )
            self.message_user(request, said % {"count": count, "name": into})


@transaction.atomic
def _merge(topics: QuerySet[Topic], into: Topic, by: Any) -> int:
    chosen = list(topics.order_by("pk"))
    for topic in chosen:
        operations.merge(topic=topic, into=into, by=by)
    return len(chosen)
