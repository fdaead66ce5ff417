"""What is told of who wants into a group, and of who is asked into one."""

from django.utils import translation

from accounts.models import User
from core.audience.keys import hidden_authors
from forum.events import JoiningAnswered, JoiningRequested, MemberInvited
from forum.models import Group
from notifications.models import Kind
from notifications.operations import Notice

from .found import Found
from .telling import absolute, tells


@tells(JoiningRequested)
def tell_those_who_keep_it(fact: JoiningRequested, found: Found) -> list[Notice]:
    asker = found.users.get(fact.user_id)
    # Who shuts a keeper out is not shown to them; another one answers.
    keepers = [one for one in found.keepers.get(fact.group_id, []) if asker and asker.pk not in hidden_authors(one)]
    return [
        Notice(
            user=keeper, kind=Kind.JOINING, subject_id=fact.group_id, key=f"joining:{fact.request_id}:{keeper.pk}",
            actor=asker, at=fact.happened_at,
        )
        for keeper in keepers
    ]  # fmt: skip


@tells(JoiningAnswered)
def tell_who_was_let_in(fact: JoiningAnswered, found: Found) -> Notice | None:
    user = found.users.get(fact.user_id)
    if user is None or not fact.is_accepted:
        return None
    key = f"let_in:{fact.request_id}"
    return Notice(user=user, kind=Kind.LET_IN, subject_id=fact.group_id, key=key, at=fact.happened_at)


@tells(MemberInvited)
def tell_who_was_invited(fact: MemberInvited, found: Found) -> Notice | None:
    user, group = found.users.get(fact.user_id), found.groups.get(fact.group_id)
    if user is None or group is None:
        return None
    return Notice(
        user=user, kind=Kind.INVITED, subject_id=group.pk, key=f"invited:{fact.invitation_id}", letter="invited",
        context=_about(group, user), at=fact.happened_at,
    )  # fmt: skip


def _about(group: Group, reader: User) -> dict[str, str]:
    with translation.override(reader.language):
        return {"title": group.name, "about": group.about, "action_url": absolute(group.get_absolute_url())}
