"""The pages of groups: what each sees of one, and what they can do there without a script."""

from html import unescape

import pytest

from accounts.models import User
from accounts.operations import block
from forum import operations
from forum.models import Group, GroupMember, JoinRequest

from .grouping import inside, said_in

pytestmark = pytest.mark.django_db
SECRET = "What we say among ourselves"


def text(answer):
    return unescape(answer.content.decode())


def has(page, group, *parts):
    shown = text(page.get(group.get_absolute_url()))
    return tuple(part in shown for part in parts)


class TestTheList:
    def test_ones_own_stand_first_then_invitations_and_nobody_sees_a_hidden_one(
        self,
        page_of,
        group,
        on_request,
        hidden,
        ada,
        ben,
        cleo,
    ):
        Group.objects.filter(pk=hidden.pk).update(order=9)
        operations.invite(group=hidden, user=ben, by=ada)
        operations.ask_to_join(group=on_request, by=ben)
        Group.objects.filter(pk=on_request.pk).update(name_en="The paper group", order=5)
        operations.ask_to_join(group=on_request, by=cleo)
        operations.answer_request(request=JoinRequest.objects.get(user=cleo), by=ada, is_accepted=True)
        slugs = {who: order(page_of(who).get("/groups/")) for who in (ben, cleo, None)}
        assert slugs == {ben: ["quiet", "beans", "paper"], cleo: ["paper", "beans"], None: ["beans", "paper"]}

    def test_without_any_it_says_so(self, page_of):
        assert "No group yet" in text(page_of(None).get("/groups/"))


def order(answer):
    return [one.slug for one in answer.context["page"]]


class TestOneGroup:
    def test_outsiders_see_what_it_is_about_and_nothing_that_is_said_nor_who_is_in_it(
        self,
        page_of,
        group,
        ada,
        cleo,
    ):
        said_in(group, ada)
        for who in (None, cleo):
            found = has(page_of(who), group, "We grind together.", "1 member", SECRET, "Who is in it")
            assert found == (True, True, False, False)
        assert has(page_of(ada), group, SECRET, "Who is in it") == (True, True)

    @pytest.mark.leak
    def test_one_by_invitation_is_nowhere_for_who_was_not_asked(self, page_of, hidden, ada, ben, cleo, eli):
        operations.invite(group=hidden, user=ben, by=ada)
        answers = {who: page_of(who).get(hidden.get_absolute_url()).status_code for who in (None, cleo, ben, ada, eli)}
        assert answers == {None: 404, cleo: 404, ben: 200, ada: 200, eli: 200}
        for act in ("join", "ask", "accept", "leave"):
            assert page_of(cleo).post(f"{hidden.get_absolute_url()}{act}/").status_code == 404
        assert inside(hidden) == {("ada", "owner")}

    def test_who_blocks_the_viewer_is_not_shown(self, page_of, group, ben, cleo):
        for one in (ben, cleo):
            operations.join(group=group, by=one)
        block(member=cleo, by=ben)
        shown = [one["username"] for one in page_of(cleo).get(group.get_absolute_url()).context["members"]]
        assert shown == ["ada", "cleo"]


class TestWhoIsInIt:
    @pytest.fixture
    def crowd(self, group, ada, ben, cleo, member):
        """Twenty-two, one of whom was put out of the school; Ben came last and is a moderator, Cleo one of the members."""
        people = [cleo, *(member(f"Reader{n}") for n in range(19)), ben]
        for one in people:
            operations.join(group=group, by=one)
        operations.set_role(group=group, user=ben, role="moderator", by=ada)
        User.objects.filter(pk=people[1].pk).update(is_active=False)
        return people

    def shown(self, page, group, number):
        there = page.get(f"{group.get_absolute_url()}?page={number}").context["shown"].members
        return [one.user.username for one in there], there.paginator.count

    def test_those_who_keep_it_come_first_then_who_came_first(self, page_of, group, crowd, cleo):
        first, count = self.shown(page_of(cleo), group, 1)
        assert (first[:4], len(first), count) == (["ada", "ben", "cleo", "reader1"], 20, 21)
        assert self.shown(page_of(cleo), group, 2) == (["reader18"], 21)

    def test_of_whom_one_sees_nothing_there_is_no_empty_page(self, page_of, group, crowd, cleo):
        block(member=cleo, by=crowd[-2])
        names, count = self.shown(page_of(cleo), group, 2)
        assert (len(names), count, names[-1]) == (20, 20, "reader17")


class TestComingAndGoing:
    def test_one_joins_writes_and_leaves(self, page_of, group, cleo):
        page, here = page_of(cleo), group.get_absolute_url()
        assert page.post(f"{here}join/").headers["Location"] == here
        answer = page.post(
            "/community/start/", {"title": "How fine do you grind?", "body": "Finer.", "board": f"group-{group.pk}"}
        )
        thread = answer.headers["Location"]
        assert has(page, group, "How fine do you grind?", "You are a member") == (True, True)
        assert page_of(None).get(thread).status_code == 404
        for address in (thread, f"/community/?board=group-{group.pk}"):
            assert f'<li><a href="{here}">The bean group</a></li>' in text(page.get(address))
        page.post(f"{here}leave/")
        assert page.get(thread).status_code == 404
        assert inside(group) == {("ada", "owner")}

    def test_nobody_writes_into_a_group_that_they_are_not_in(self, page_of, group, cleo):
        page = page_of(cleo)
        assert f"group-{group.pk}" not in text(page.get("/community/start/"))
        answer = page.post(
            "/community/start/", {"title": "Let me in, please", "body": "·", "board": f"group-{group.pk}"}
        )
        assert (answer.status_code, page.get(f"/community/?board=group-{group.pk}").status_code) == (422, 404)

    def test_what_is_said_in_groups_is_among_all_threads_for_members_alone(self, page_of, group, ada, cleo):
        said_in(group, ada)
        found = {who: SECRET in text(page_of(who).get("/community/")) for who in (ada, cleo, None)}
        assert found == {ada: True, cleo: False, None: False}

    def test_a_request_is_made_seen_and_answered(self, page_of, on_request, ada, cleo):
        here = on_request.get_absolute_url()
        page_of(cleo).post(f"{here}ask/", {"note": "I fold by hand."})
        asked = JoinRequest.objects.get()
        assert has(page_of(cleo), on_request, "You asked to join", "I fold by hand.") == (True, False)
        assert has(page_of(ada), on_request, "Who asks to join", "I fold by hand.") == (True, True)
        assert page_of(cleo).post(f"{here}requests/{asked.pk}/", {"answer": "accept"}).status_code == 403
        page_of(ada).post(f"{here}requests/{asked.pk}/", {"answer": "accept"})
        assert inside(on_request) == {("ada", "owner"), ("cleo", "member")}

    def test_what_cannot_be_done_is_said_in_words(self, page_of, group, on_request, ada, cleo):
        for who, where, act, said in (
            (cleo, on_request, "join", "This group is not joined in this way."),
            (ada, group, "leave", "A group keeps an owner."),
            (cleo, group, "accept", "The invitation is not there any more."),
        ):
            page = page_of(who)
            assert said in text(page.post(f"{where.get_absolute_url()}{act}/", follow=True))

    def test_words_that_are_too_long_are_refused_and_stay(self, page_of, on_request, cleo):
        answer = page_of(cleo).post(f"{on_request.get_absolute_url()}ask/", {"note": "fold " * 61})
        assert (answer.status_code, JoinRequest.objects.count()) == (422, 0)
        assert ("at most 300" in text(answer), "fold fold" in text(answer)) == (True, True)

    def test_guests_are_asked_to_log_in_and_there_are_no_other_acts(self, page_of, group, cleo):
        here = group.get_absolute_url()
        assert page_of(None).post(f"{here}join/").headers["Location"].startswith("/account/login/")
        assert page_of(cleo).post(f"{here}dissolve/").status_code == 404


class TestKeeping:
    def test_an_owner_invites_by_handle(self, page_of, hidden, ada, ben):
        here = hidden.get_absolute_url()
        page_of(ada).post(f"{here}invite/", {"member": "@Ben"})
        assert has(page_of(ben), hidden, "Accept the invitation") == (True,)
        page_of(ben).post(f"{here}accept/")
        assert inside(hidden) == {("ada", "owner"), ("ben", "member")}

    def test_whom_nobody_knows_nobody_invites(self, page_of, group, ada):
        answer = page_of(ada).post(f"{group.get_absolute_url()}invite/", {"member": "@nobody"})
        assert (answer.status_code, "There is no member with this handle." in text(answer)) == (422, True)

    def test_who_blocks_the_owner_is_not_found_by_them(self, page_of, group, ada, ben):
        block(member=ada, by=ben)
        assert page_of(ada).post(f"{group.get_absolute_url()}invite/", {"member": "ben"}).status_code == 422

    def test_members_do_not_invite_answer_or_appoint(self, page_of, group, ada, ben):
        operations.join(group=group, by=ben)
        page, here = page_of(ben), group.get_absolute_url()
        asked = [
            page.post(f"{here}invite/", {"member": "cleo"}), page.post(f"{here}invite/", {"member": "nobody"}),
            page.post(f"{here}members/ada/", {"act": "remove"}), page.post(f"{here}members/ben/", {"act": "role", "role": "owner"}),
        ]  # fmt: skip
        assert [answer.status_code for answer in asked] == [403] * 4
        assert inside(group) == {("ada", "owner"), ("ben", "member")}

    def test_an_owner_gives_a_role_and_takes_out(self, page_of, group, ada, ben):
        operations.join(group=group, by=ben)
        page, theirs = page_of(ada), f"{group.get_absolute_url()}members/ben/"
        page.post(theirs, {"act": "role", "role": "moderator"})
        assert GroupMember.objects.get(user=ben).role == "moderator"
        assert page.post(theirs, {"act": "role", "role": "king"}).status_code == 404
        page.post(theirs, {"act": "remove"})
        assert inside(group) == {("ada", "owner")}
