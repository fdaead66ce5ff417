"""A group of which seats are sold, played at random: who is in it is who was let in, or holds what they bought."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from core.audience.keys import forget
from core.events.testing import published
from forum import operations, queries
from forum.events import GroupJoined, GroupLeft
from forum.models import Group, GroupMember, Thread
from payments import operations as payments
from payments.models import Entitlement, Product, Tier
from payments.tests.machines import World, notices, play

from .grouping import opened, said_in

pytestmark = [pytest.mark.stateful, pytest.mark.slow, pytest.mark.timeout(600)]

there = precondition(lambda self: hasattr(self, "thread"))


def must_refuse(refusal, act, **given):
    try:
        act(**given)
    except refusal:
        return
    raise AssertionError(f"{act.__name__} was not refused")


class Seats(World):
    """
    Cleo, a group of Ada's, and a membership in which a seat may be.

    The model: what Cleo holds (``seats``, ``member``, and whether the membership includes one), the way by which she has come in
    (``free``, ``bought`` or none), and what was said to her. What she bought and holds no more is kept in mind until somebody clears it
    away, as it counts again where it is held again.
    """

    def furnish(self):
        self.ada, self.cleo = map(self.joined, ("Ada", "Cleo"))
        self.group = opened(self.ada, "paid", price=9900, currency="CNY")
        self.tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        self.tier.refresh_from_db()
        self.product = Product.objects.get(subject=self.group.seat_key)
        self.seats, self.over, self.member, self.is_included = [], [], None, False
        self.way, self.is_out, self.is_invited, self.entry = "", False, False, "paid"
        self.thread = said_in(self.group, self.ada)

    @property
    def holds(self):
        return bool(self.seats) or (self.member is not None and self.is_included)

    @property
    def is_in(self):
        return self.way == "free" or (self.way == "bought" and self.holds)

    def sits_down(self):
        self.way = "free" if self.is_invited or self.entry == "open" else "bought"
        self.is_invited = False

    def is_cleared(self):
        if not self.is_in:
            self.way = ""

    # What is paid for.

    @there
    @rule()
    def buy(self):
        self.fired["buy"] += 1
        self.seats.append(payments.grant(user=self.cleo, key=self.group.seat_key, cause="purchase"))
        if not self.is_in and not self.is_out:
            self.sits_down()

    @precondition(lambda self: getattr(self, "seats", None))
    @rule()
    def have_the_money_back(self):
        self.fired["have the money back"] += 1
        payments.end_entitlement(entitlement=self.seats.pop(), cause="refund")
        self.is_cleared()

    @there
    @rule(is_swept=st.booleans())
    def run_out(self, is_swept):
        """Whatever there is has been over for a second; the sweep comes by at once, or a later one finds it."""
        self.fired["sweep" if is_swept else "run out"] += 1
        before = timezone.now() - timedelta(seconds=1)
        for seat in self.seats:
            Entitlement.objects.filter(pk=seat.pk).update(ends_at=before, due_at=before)
        self.over, self.seats = self.over + self.seats, []
        if is_swept and self.over:
            assert payments.end_what_is_over() == len(self.over)
            self.over.clear()
            self.is_cleared()

    @there
    @rule()
    def begin_or_end_the_membership(self):
        self.fired["membership"] += 1
        if self.member is None:
            self.member = payments.grant(user=self.cleo, key=self.tier.key, cause="purchase")
            return
        payments.end_entitlement(entitlement=self.member, cause="refund")
        self.member = None
        if self.is_included:
            self.is_cleared()

    @there
    @rule()
    def include_or_exclude(self):
        self.fired["include or exclude"] += 1
        change = payments.exclude if self.is_included else payments.include
        change(tier=self.tier, product=self.product, by=self.ada)
        self.is_included = not self.is_included
        if not self.is_included:
            self.is_cleared()

    # What members do.

    @there
    @rule()
    def join(self):
        refused = operations.NotOpen if self.entry != "open" and not self.holds else operations.NotWelcome
        is_refused = not self.is_in and (refused is operations.NotOpen or self.is_out)
        self.fired["are refused" if is_refused else "join"] += 1
        if is_refused:
            must_refuse(refused, operations.join, group=self.group, by=self.cleo)
            return
        operations.join(group=self.group, by=self.cleo)
        if not self.is_in:
            self.sits_down()

    @there
    @rule()
    def sit_by_the_membership(self):
        """By lot alone it would seldom come to this."""
        self.fired["sit by the membership"] += 1
        if self.member is None:
            self.begin_or_end_the_membership()
        if not self.is_included:
            self.include_or_exclude()
        if not self.is_out:
            self.join()

    @there
    @rule()
    def leave(self):
        self.fired["leave"] += 1
        operations.leave(group=self.group, by=self.cleo)
        if self.is_in:
            self.way = ""

    @there
    @rule(accepts=st.booleans())
    def answer_an_invitation(self, accepts):
        self.fired["answer an invitation"] += 1
        if not accepts:
            operations.decline_invitation(group=self.group, by=self.cleo)
            self.is_invited = False
        elif self.is_in or self.is_invited:
            operations.accept_invitation(group=self.group, by=self.cleo)
            self.way, self.is_invited = self.way if self.is_in else "free", self.is_invited and self.is_in
        else:
            must_refuse(operations.NotInvited, operations.accept_invitation, group=self.group, by=self.cleo)

    # What the owner does.

    @there
    @rule(what=st.sampled_from(["invite", "take out", "make a moderator", "make a member"]))
    def keep(self, what):
        self.fired[what] += 1
        whom = {"group": self.group, "user": self.cleo, "by": self.ada}
        match what:
            case "invite":
                operations.invite(**whom)
                self.is_invited, self.is_out = self.is_invited or not self.is_in, self.is_out and self.is_in
            case "take out":
                operations.remove_member(**whom)
                self.way, self.is_out = ("", True) if self.is_in else (self.way, self.is_out)
            case _:
                operations.set_role(**whom, role=what.rpartition(" ")[2])
                self.way = "free" if self.is_in and what == "make a moderator" else self.way

    @there
    @rule(entry=st.sampled_from(["paid", "open", "invited"]))
    def join_in_another_way(self, entry):
        self.fired["join in another way"] += 1
        group = Group.objects.get(pk=self.group.pk)
        group.entry = self.entry = entry
        operations.change_group(group=group, by=self.ada, price=9900, currency="CNY")

    @there
    @invariant()
    def everybody_says_the_same(self):
        forget(self.cleo)
        asked = {
            "reads": Thread.objects.open_to(self.cleo).filter(pk=self.thread.pk).exists(),
            "is shown": self.group.memberships.present().filter(user=self.cleo).exists(),
            "is hers": queries.joined_by(self.cleo).exists(),
        }
        assert asked == dict.fromkeys(asked, self.is_in)
        self.edges["in" if self.is_in else "out"] += 1

    @there
    @invariant()
    def nothing_is_left_lying(self):
        rows = GroupMember.objects.filter(user=self.cleo).values_list("is_bought", flat=True)
        assert list(rows) == ([self.way == "bought"] if self.way else [])
        assert Group.objects.get(pk=self.group.pk).member_count == 1 + len(rows)

    @there
    @invariant()
    def it_is_told_as_it_went(self):
        came = sum(fact.user_id == self.cleo.pk for fact in published(GroupJoined))
        went = sum(fact.user_id == self.cleo.pk for fact in published(GroupLeft))
        assert came - went == GroupMember.objects.filter(user=self.cleo).count()


@pytest.mark.commits
def test_who_is_in_it_is_who_may_be(own_database, monkeypatch, record_property):
    play(Seats, monkeypatch, examples=30, steps=50, note=record_property)
    assert min(Seats.edges["in"], Seats.edges["out"]) > 100


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "broken"),
    [
        ("forum.models.groups.GroupMemberQuerySet.present", lambda self: self),
        ("forum.operations.grouping.comes_by_seat", lambda group, user: True),
        ("forum.operations.give_up_seats", lambda **_: None),
        ("forum.operations.clear_seats", lambda **_: None),
    ],
)
def test_control_a_fault_is_found(monkeypatch, where, broken):
    monkeypatch.setattr(where, broken)
    assert notices(Seats, monkeypatch)
