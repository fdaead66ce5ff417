"""Groups in which much happens at once; without the lock of the group each goes wrong."""

from types import SimpleNamespace

import pytest

from accounts.models import User
from core.events.testing import published
from forum import operations
from forum.events import GroupJoined, GroupLeft, JoiningAnswered
from forum.models import GroupMember, JoinRequest

from .grouping import opened

pytestmark = [pytest.mark.race, pytest.mark.commits]

TABS = 4


@pytest.fixture
def scene(own_database):
    """A group with two owners, and somebody who asks to be let in."""
    ada, ben, cleo = (
        User.objects.create_user(f"{name}@example.test", username=name, name=name.title(), language="en")
        for name in ("ada", "ben", "cleo")
    )
    group = opened(ada, "request")
    operations.invite(group=group, user=ben, by=ada)
    operations.accept_invitation(group=group, by=ben)
    operations.set_role(group=group, user=ben, role="owner", by=ada)
    request = operations.ask_to_join(group=group, by=cleo)
    return SimpleNamespace(ada=ada, ben=ben, cleo=cleo, group=group, request=request)


def test_answered_by_two_at_once_somebody_is_let_in_once(scene, at_once, slow_saves):
    answers = [
        lambda by=by: operations.answer_request(request=scene.request, by=by, is_accepted=True)
        for by in (scene.ada, scene.ben) * 2
    ]
    assert at_once(*answers) == {"done": TABS}
    assert (len(published(JoiningAnswered)), GroupMember.objects.filter(user=scene.cleo).count()) == (1, 1)
    assert not JoinRequest.objects.exists()


def test_control_without_the_lock_it_is_answered_several_times(scene, at_once, meet, without_row_locks):
    from forum.operations import letting_in

    meet(letting_in, "admit", threads=TABS)
    answers = [
        lambda by=by: operations.answer_request(request=scene.request, by=by, is_accepted=True)
        for by in (scene.ada, scene.ben) * 2
    ]
    at_once(*answers)
    assert len(published(JoiningAnswered)) > 1


def test_of_two_owners_who_leave_at_once_one_stays(scene, at_once, slow_saves):
    done = at_once(*[lambda who=who: operations.leave(group=scene.group, by=who) for who in (scene.ada, scene.ben)])
    assert done == {"done": 1, "LastOwner": 1}
    assert GroupMember.objects.filter(group=scene.group, role="owner").count() == 1


def test_control_without_the_lock_nobody_owns_it(scene, at_once, meet, without_row_locks):
    from forum.operations import grouping

    meet(grouping, "_let_go", threads=2)
    at_once(*[lambda who=who: operations.leave(group=scene.group, by=who) for who in (scene.ada, scene.ben)])
    assert not GroupMember.objects.filter(group=scene.group, role="owner").exists()


def test_joining_and_leaving_at_once_is_told_as_it_went(scene, at_once):
    operations.answer_request(request=scene.request, by=scene.ada, is_accepted=True)
    acts = [lambda: operations.leave(group=scene.group, by=scene.cleo)] * TABS
    assert at_once(*acts) == {"done": TABS}
    assert (
        len(published(GroupLeft)),
        len([one for one in published(GroupJoined) if one.user_id == scene.cleo.pk]),
    ) == (1, 1)
