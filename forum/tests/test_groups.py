"""Groups: how one comes in, who lets in, who goes, and that nobody else reads what is said there."""

import pytest
from django.db import IntegrityError, transaction

from core.audience.keys import forget, keys_of
from core.audit.models import AuditEntry
from core.events.testing import published
from core.privacy import operations as privacy
from forum import operations, queries
from forum.events import (
    GroupJoined,
    GroupLeft,
    GroupOpened,
    GroupRoleChanged,
    JoiningAnswered,
    JoiningRequested,
    MemberInvited,
)
from forum.models import Board, GroupMember, Invitation, JoinRequest, Thread

from .grouping import inside, opened, said_in

pytestmark = pytest.mark.django_db


def reads(who, thread):
    forget(who)
    return Thread.objects.open_to(who).filter(pk=thread.pk).exists()


class TestOpening:
    def test_whoever_opens_it_owns_it_and_its_board_is_read_by_its_members_alone(self, group, ada):
        board = Board.objects.get(group=group)
        assert (inside(group), board.audience, group.key) == ({("ada", "owner")}, [group.key], f"group:{group.pk}")
        assert published(GroupOpened) == [GroupOpened(group_id=group.pk)]
        assert published(GroupJoined) == [GroupJoined(group_id=group.pk, user_id=ada.pk)]

    def test_the_database_lets_nobody_else_read_the_board(self, group):
        with pytest.raises(IntegrityError, match="a_group_alone_reads_its_board"), transaction.atomic():
            Board.objects.filter(group=group).update(audience=["public", group.key])

    def test_renamed_its_board_is_called_as_it_is(self, group, ada):
        group.name_en = "The grinders"
        operations.change_group(group=group, by=ada)
        assert Board.objects.get(group=group).name_en == "The grinders"


class TestHowManyThereAre:
    @pytest.fixture
    def counted(self, group):
        def counted():
            group.refresh_from_db()
            assert group.member_count == group.memberships.count()
            return group.member_count

        return counted

    def test_the_database_counts_who_comes_and_who_goes(self, group, counted, ada, ben, cleo):
        seen = [counted()]
        for act in (operations.join, operations.join, operations.leave):
            act(group=group, by=cleo)
            seen.append(counted())
        operations.join(group=group, by=ben)
        operations.set_role(group=group, user=ben, role="moderator", by=ada)
        operations.remove_member(group=group, user=ben, by=ada)
        assert [*seen, counted()] == [1, 2, 2, 1, 1]

    def test_of_many_groups_in_one_statement_each_gets_its_own(self, group, counted, ada, ben, cleo):
        other = opened(ada, slug="other")
        rows = [(group, ben), (group, cleo), (other, cleo)]
        GroupMember.objects.bulk_create(GroupMember(group=there, user=who) for there, who in rows)
        other.refresh_from_db()
        assert (counted(), other.member_count) == (3, 2)
        GroupMember.objects.filter(user=cleo).delete()
        other.refresh_from_db()
        assert (counted(), other.member_count) == (2, 1)

    def test_who_has_left_the_school_is_counted_no_more(self, group, counted, cleo):
        operations.join(group=group, by=cleo)
        privacy.erase(user_id=cleo.pk)
        assert counted() == 1

    def test_whoever_joins_while_the_group_is_changed_is_counted(self, group, counted, ada, cleo):
        operations.join(group=group, by=cleo)
        assert group.member_count < 2, "as it was read when the form was opened"
        group.name_en = "The grinders"
        operations.change_group(group=group, by=ada)
        assert (counted(), group.name_en) == (2, "The grinders")


class TestJoining:
    def test_who_joins_reads_what_is_said_and_leaving_closes_it_at_once(self, group, ada, cleo):
        thread = said_in(group, ada)
        assert not reads(cleo, thread)
        operations.join(group=group, by=cleo)
        operations.join(group=group, by=cleo)
        assert (reads(cleo, thread), inside(group)) == (True, {("ada", "owner"), ("cleo", "member")})
        operations.leave(group=group, by=cleo)
        operations.leave(group=group, by=cleo)
        assert not reads(cleo, thread)
        assert [fact.user_id for fact in published(GroupJoined)] == [ada.pk, cleo.pk]
        assert published(GroupLeft) == [GroupLeft(group_id=group.pk, user_id=cleo.pk)]

    @pytest.mark.parametrize("entry", ["request", "invited"])
    def test_only_an_open_one_is_simply_joined(self, ada, cleo, entry):
        with pytest.raises(operations.NotOpen):
            operations.join(group=opened(ada, entry), by=cleo)
        assert not GroupMember.objects.filter(user=cleo).exists()

    def test_who_is_suspended_reads_nothing_of_it(self, group, ada, cleo):
        from datetime import timedelta

        from django.utils import timezone

        thread = said_in(group, ada)
        operations.join(group=group, by=cleo)
        cleo.suspended_until = timezone.now() + timedelta(days=1)
        assert not reads(cleo, thread)

    def test_the_last_owner_stays(self, group, ada, cleo):
        operations.join(group=group, by=cleo)
        with pytest.raises(operations.LastOwner):
            operations.leave(group=group, by=ada)
        operations.set_role(group=group, user=cleo, role="owner", by=ada)
        operations.leave(group=group, by=ada)
        assert inside(group) == {("cleo", "owner")}


class TestAsking:
    def test_who_is_let_in_reads_what_is_said(self, on_request, ada, cleo):
        thread = said_in(on_request, ada)
        asked = operations.ask_to_join(group=on_request, by=cleo, note="I grind by hand.")
        assert operations.ask_to_join(group=on_request, by=cleo) == asked
        assert (reads(cleo, thread), asked.note) == (False, "I grind by hand.")
        operations.answer_request(request=asked, by=ada, is_accepted=True)
        operations.answer_request(request=asked, by=ada, is_accepted=True)
        assert (reads(cleo, thread), JoinRequest.objects.count()) == (True, 0)
        assert published(JoiningRequested) == [
            JoiningRequested(request_id=asked.pk, group_id=on_request.pk, user_id=cleo.pk)
        ]
        assert published(JoiningAnswered) == [
            JoiningAnswered(request_id=asked.pk, group_id=on_request.pk, user_id=cleo.pk, is_accepted=True)
        ]

    def test_who_was_refused_comes_in_by_invitation_only(self, on_request, ada, cleo):
        asked = operations.ask_to_join(group=on_request, by=cleo, note="Please.")
        operations.answer_request(request=asked, by=ada, is_accepted=False)
        operations.answer_request(request=asked, by=ada, is_accepted=True)
        with pytest.raises(operations.NotWelcome):
            operations.ask_to_join(group=on_request, by=cleo)
        assert (inside(on_request), JoinRequest.objects.get().note) == ({("ada", "owner")}, "")
        operations.invite(group=on_request, user=cleo, by=ada)
        operations.accept_invitation(group=on_request, by=cleo)
        assert (inside(on_request), JoinRequest.objects.count()) == ({("ada", "owner"), ("cleo", "member")}, 0)

    def test_what_was_asked_is_taken_back(self, on_request, cleo):
        operations.ask_to_join(group=on_request, by=cleo)
        operations.withdraw_request(group=on_request, by=cleo)
        assert JoinRequest.objects.count() == 0

    def test_only_those_who_keep_it_answer(self, on_request, ada, ben, cleo):
        asked = operations.ask_to_join(group=on_request, by=cleo)
        operations.invite(group=on_request, user=ben, by=ada)
        operations.accept_invitation(group=on_request, by=ben)
        for outsider in (ben, cleo):
            with pytest.raises(operations.NotAKeeper):
                operations.answer_request(request=asked, by=outsider, is_accepted=True)
        operations.set_role(group=on_request, user=ben, role="moderator", by=ada)
        operations.answer_request(request=asked, by=ben, is_accepted=True)
        assert inside(on_request) == {("ada", "owner"), ("ben", "moderator"), ("cleo", "member")}


class TestInviting:
    def test_a_group_by_invitation_is_there_for_nobody_else(self, hidden, ada, ben, cleo):
        operations.invite(group=hidden, user=ben, by=ada)
        known = {who: set(queries.groups_for(who).values_list("slug", flat=True)) for who in (ada, ben, cleo)}
        assert known == {ada: {"quiet"}, ben: {"quiet"}, cleo: set()}

    def test_who_was_asked_reads_nothing_until_they_accept(self, hidden, ada, ben):
        thread = said_in(hidden, ada)
        operations.invite(group=hidden, user=ben, by=ada)
        operations.invite(group=hidden, user=ben, by=ada)
        assert (reads(ben, thread), f"invited:{hidden.pk}" in keys_of(ben)) == (False, True)
        operations.accept_invitation(group=hidden, by=ben)
        operations.accept_invitation(group=hidden, by=ben)
        assert (reads(ben, thread), Invitation.objects.count(), len(published(MemberInvited))) == (True, 0, 1)

    def test_who_declines_knows_of_it_no_longer(self, hidden, ada, ben):
        operations.invite(group=hidden, user=ben, by=ada)
        operations.decline_invitation(group=hidden, by=ben)
        assert list(queries.groups_for(ben)) == []
        with pytest.raises(operations.NotInvited):
            operations.accept_invitation(group=hidden, by=ben)

    def test_what_was_taken_back_is_not_accepted(self, hidden, ada, ben):
        operations.invite(group=hidden, user=ben, by=ada)
        operations.take_back_invitation(group=hidden, user=ben, by=ada)
        with pytest.raises(operations.NotInvited):
            operations.accept_invitation(group=hidden, by=ben)

    def test_inviting_one_who_waits_lets_them_in(self, on_request, ada, cleo):
        operations.ask_to_join(group=on_request, by=cleo)
        operations.invite(group=on_request, user=cleo, by=ada)
        assert (inside(on_request), published(MemberInvited)) == ({("ada", "owner"), ("cleo", "member")}, [])


class TestKeeping:
    @pytest.fixture
    def full(self, group, ada, ben, cleo):
        """Ada owns it, Ben moderates, Cleo is in it."""
        for one in (ben, cleo):
            operations.join(group=group, by=one)
        operations.set_role(group=group, user=ben, role="moderator", by=ada)
        return group

    def test_who_was_taken_out_reads_nothing_more_and_does_not_walk_back_in(self, full, ada, ben, cleo):
        thread = said_in(full, ada)
        operations.remove_member(group=full, user=cleo, by=ben)
        operations.remove_member(group=full, user=cleo, by=ben)
        assert (reads(cleo, thread), published(GroupLeft)) == (
            False, [GroupLeft(group_id=full.pk, user_id=cleo.pk)],
        )  # fmt: skip
        with pytest.raises(operations.NotWelcome):
            operations.join(group=full, by=cleo)

    def test_a_moderator_takes_out_no_keeper_and_gives_no_roles(self, full, ada, ben, cleo):
        for refused in (
            lambda: operations.remove_member(group=full, user=ada, by=ben),
            lambda: operations.set_role(group=full, user=cleo, role="moderator", by=ben),
            lambda: operations.remove_member(group=full, user=ben, by=cleo),
        ):
            with pytest.raises(operations.NotAKeeper):
                refused()
        assert inside(full) == {("ada", "owner"), ("ben", "moderator"), ("cleo", "member")}

    def test_a_role_is_given_once(self, full, ada, ben):
        for _again in range(2):
            operations.set_role(group=full, user=ben, role="owner", by=ada)
        assert [(fact.user_id, fact.role) for fact in published(GroupRoleChanged)] == [
            (ben.pk, "moderator"), (ben.pk, "owner"),
        ]  # fmt: skip

    def test_the_school_may_too_and_that_is_on_record(self, full, eli, ben, cleo):
        operations.remove_member(group=full, user=cleo, by=eli)
        operations.set_role(group=full, user=ben, role="owner", by=eli)
        acts = (
            AuditEntry.objects.filter(act__startswith="forum.").order_by("pk").values_list("act", "subject", "actor_id")
        )
        assert list(acts) == [("forum.remove_member", full.key, eli.pk), ("forum.set_role", full.key, eli.pk)]

    def test_a_keeper_of_the_group_leaves_no_such_record(self, full, ada, cleo):
        operations.remove_member(group=full, user=cleo, by=ada)
        assert not AuditEntry.objects.exists()
