"""The keys of those who are in groups, and of those who were asked into one."""

from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from core import audience

from .models import GroupMember, Invitation


@audience.grants_by_rows
def belonging(viewer: int, now: Any) -> QuerySet[Any, Any]:
    """``group:7`` for who is in it; ``invited:7``, which shows the group and nothing of what is said in it, for who was asked."""
    joined = GroupMember.objects.present().filter(user_id=viewer).values_list("group__key")
    asked = Invitation.objects.filter(user_id=viewer)
    return joined.union(asked.values_list(Concat(Value("invited:"), Cast(F("group"), CharField()))))
