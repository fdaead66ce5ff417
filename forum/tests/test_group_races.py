"""Groups in which much happens at once; without the lock of the group each goes wrong."""

import threading
import time
from types import SimpleNamespace

import pytest

from accounts.models import User
from core.events.testing import published
from forum import operations
from forum.events import GroupJoined, GroupLeft, JoiningAnswered
from forum.models import GroupMember, JoinRequest, Thread
from payments import operations as payments
from payments.models import Product, Tier

from .grouping import opened, said_in

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

    meet(grouping, "let_go", threads=2)
    at_once(*[lambda who=who: operations.leave(group=scene.group, by=who) for who in (scene.ada, scene.ben)])
    assert not GroupMember.objects.filter(group=scene.group, role="owner").exists()


def test_who_comes_at_once_is_counted_even_without_the_lock(scene, at_once, without_row_locks):
    people = [
        User.objects.create_user(f"{n}@example.test", username=f"reader{n}", name=f"Reader {n}") for n in range(8)
    ]
    acts = [lambda who=who: GroupMember.objects.create(group=scene.group, user=who) for who in people]
    assert at_once(*acts) == {"done": 8}
    scene.group.refresh_from_db()
    assert scene.group.member_count == 2 + 8


def test_joining_and_leaving_at_once_is_told_as_it_went(scene, at_once):
    operations.answer_request(request=scene.request, by=scene.ada, is_accepted=True)
    acts = [lambda: operations.leave(group=scene.group, by=scene.cleo)] * TABS
    assert at_once(*acts) == {"done": TABS}
    assert (
        len(published(GroupLeft)),
        len([one for one in published(GroupJoined) if one.user_id == scene.cleo.pk]),
    ) == (1, 1)


@pytest.fixture
def table(own_database):
    """Seats are sold and in a membership; Cleo is a member of that, and may sit down at any moment."""
    ada, cleo = (
        User.objects.create_user(f"{name}@example.test", username=name, name=name.title(), language="en")
        for name in ("ada", "cleo")
    )
    group = opened(ada, "paid", price=9900, currency="CNY")
    tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    tier.refresh_from_db()
    seat = Product.objects.get(subject=group.seat_key)
    payments.include(tier=tier, product=seat, by=ada)
    held = payments.grant(user=cleo, key=tier.key, cause="purchase")
    return SimpleNamespace(ada=ada, cleo=cleo, group=group, tier=tier, seat=seat, held=held)


@pytest.fixture(params=["her money goes back", "it includes none any more"])
def sit_down_and_end(request, table, at_once, monkeypatch):
    """Cleo has been found to hold the key, and is about to sit down; it ends, and it is looked whether she sits there."""
    from forum.operations import grouping

    look, end = {
        "her money goes back": (
            "give_up_seats", lambda: payments.end_entitlement(entitlement=table.held, cause="refund")
        ),
        "it includes none any more": (
            "clear_seats", lambda: payments.exclude(tier=table.tier, product=table.seat, by=table.ada)
        ),
    }[request.param]  # fmt: skip
    is_about_to, admit, looks = threading.Event(), grouping.admit, getattr(operations, look)

    def admit_slowly(*args, **options):
        is_about_to.set()
        time.sleep(0.5)
        return admit(*args, **options)

    def look_meanwhile(**options):
        is_about_to.wait(timeout=60)
        looks(**options)

    monkeypatch.setattr(grouping, "admit", admit_slowly)
    monkeypatch.setattr(operations, look, look_meanwhile)
    return lambda: at_once(lambda: operations.join(group=table.group, by=table.cleo), end)


def test_whoever_sits_down_while_it_ends_is_out_and_leaves_no_trace(table, sit_down_and_end):
    assert sit_down_and_end() == {"done": 2}
    assert not GroupMember.objects.filter(user=table.cleo).exists()
    assert published(GroupLeft) == [GroupLeft(group_id=table.group.pk, user_id=table.cleo.pk)]


def test_control_without_the_lock_a_trace_stays_and_they_are_out_all_the_same(
    table, sit_down_and_end, without_row_locks
):
    thread = said_in(table.group, table.ada)
    assert sit_down_and_end() == {"done": 2}
    assert GroupMember.objects.filter(user=table.cleo, is_bought=True).exists()
    assert not Thread.objects.open_to(table.cleo).filter(pk=thread.pk).exists()
