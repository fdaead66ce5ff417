"""Groups in the feed: what is said in one's own, by whom one meets there, and groups to be in."""

import re

import pytest
from django.db import connection
from django.utils import timezone, translation

from accounts import operations as people
from accounts.enums import Purpose
from accounts.models import User
from core.events.queries import AHEAD
from core.web.prepared import Prepared
from forum import operations as forum
from forum.models import Group
from forum.tests.grouping import opened, said_in
from payments import operations as payments
from payments.models import Entitlement
from recsys import kinds, operations, queries, rules
from recsys.queries import interests, knowing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def beans(ada, topics):
    group = opened(ada)
    group.topics.add(topics[0])
    return group


def fresh(user):
    """As a request finds them: what a viewer may see is kept on the object."""
    return User.objects.get(pk=user.pk)


def picks(user, limit=10):
    return {pick.item.name: pick for pick in queries.picks(viewer=fresh(user), limit=limit)}


def enter(group, *users):
    for one in users:
        forum.join(group=group, by=one)


class TestWhatSpeaksForACard:
    def test_what_is_said_in_ones_group_says_so(self, beans, ada, cleo):
        enter(beans, cleo)
        thread = said_in(beans, ada)
        assert picks(cleo)[f"thread:{thread.pk}"].because == "From your group “The bean group”"
        with translation.override("zh-hans"):
            assert picks(cleo)[f"thread:{thread.pk}"].because == "来自你的小组“豆子小组”"

    @pytest.mark.leak
    def test_nobody_else_is_told_of_it_the_staff_included(self, beans, ada, ben, eli, cleo):
        enter(beans, cleo)
        thread = said_in(beans, ada)
        assert f"thread:{thread.pk}" not in picks(ben)
        User.objects.filter(pk=eli.pk).update(is_staff=True, is_superuser=True)
        assert not any("your group" in pick.because for pick in picks(eli).values())

    def test_something_by_somebody_of_ones_group_says_whose_it_is(self, beans, ben, cleo):
        thread = forum.start_thread(by=ben, title="Of cups", source="Which?", audience=["public"])
        before = picks(cleo)[f"thread:{thread.pk}"].source
        enter(beans, ben, cleo)
        after = picks(cleo)[f"thread:{thread.pk}"]
        assert (before, after.source, after.because) == (
            "popular", "groups", "By Ben, who is in your group “The bean group”",
        )  # fmt: skip

    def test_it_speaks_more_softly_than_following(self, beans, ben, cleo):
        thread = forum.start_thread(by=ben, title="Of cups", source="Which?", audience=["public"])
        enter(beans, ben, cleo)
        people.follow(member=ben, by=cleo)
        assert picks(cleo)[f"thread:{thread.pk}"].because == "You follow Ben, who made it"

    def test_of_each_group_those_who_came_last_are_known(self, beans, ada, ben, cleo, member, monkeypatch):
        monkeypatch.setattr(interests, "MATES", 2)
        # The query is put together once for all.
        anew = Prepared(interests._all_ties, viewer="id")
        monkeypatch.setattr(knowing, "_TIES_AND_UNREAD", anew.beside(AHEAD))
        early, late, alone = member("Early"), member("Late"), member("Alone")
        quiet = opened(ada, slug="quiet")
        enter(quiet, alone, cleo)
        enter(beans, early, ben, late, cleo)
        by = {
            f"thread:{forum.start_thread(by=who, title='Of cups', source='Which?', audience=['public']).pk}": who.name
            for who in (early, ben, late, alone)
        }
        found = picks(cleo)
        assert {who for name, who in by.items() if found[name].source == "groups"} == {"Ben", "Late", "Alone"}

    def test_it_is_named_as_it_is_called_however_that_is_written(self, beans, ada, cleo):
        Group.objects.filter(pk=beans.pk).update(name_zh="豆子\n小组", name_en="The bean\ngroup")
        enter(beans, cleo)
        thread = said_in(beans, ada)
        assert picks(cleo)[f"thread:{thread.pk}"].because == "From your group “The bean\ngroup”"

    @pytest.mark.leak
    def test_what_they_say_where_one_may_not_read_stays_there(self, beans, ada, ben, cleo):
        elsewhere = opened(ben, "invited", "quiet")
        enter(beans, ben, cleo)
        thread = said_in(elsewhere, ben)
        assert f"thread:{thread.pk}" not in picks(cleo)

    def test_whoever_leaves_is_tied_no_more(self, beans, ben, cleo):
        thread = forum.start_thread(by=ben, title="Of cups", source="Which?", audience=["public"])
        enter(beans, ben, cleo)
        forum.leave(group=beans, by=cleo)
        assert picks(cleo)[f"thread:{thread.pk}"].source == "popular"

    def test_with_personalization_off_it_says_nothing_of_groups(self, beans, ben, cleo):
        forum.start_thread(by=ben, title="Of cups", source="Which?", audience=["public"])
        enter(beans, ben, cleo)
        people.record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        assert {pick.source for pick in picks(cleo).values()} <= {"popular", "new"}

    def test_why_names_it(self, beans, ada, cleo, page_of):
        enter(beans, cleo)
        thread = said_in(beans, ada)
        page = page_of(cleo).get(f"/feed/why/thread:{thread.pk}/").content.decode()
        assert "From your group “The bean group”" in page


class TestWhatWasSaidLast:
    """Whoever has just come in finds the talk of the group in their feed, before anything else is known of them."""

    @pytest.fixture(autouse=True)
    def _others(self, member):
        for n in range(12):
            forum.start_thread(by=member(f"Writer{n}"), title=f"Talk {n}", source="Of cups.", audience=["public"])

    def of_group(self, user, limit=10):
        found = queries.picks(viewer=fresh(user), limit=limit)
        return [(place, pick.item.title) for place, pick in enumerate(found) if pick.source == "groups"]

    def test_the_newest_thread_has_a_place(self, beans, ada, cleo):
        thread = said_in(beans, ada, title="Of grinding")
        before = self.of_group(cleo)
        enter(beans, cleo)
        assert (before, self.of_group(cleo)) == ([], [(rules.PLACE_FOR_TALK, "Of grinding")])
        assert picks(cleo)[f"thread:{thread.pk}"].because == "From your group “The bean group”"

    def test_what_was_read_or_sent_away_makes_room_for_the_one_before(self, beans, ada, cleo, worker):
        older, read, sent = (said_in(beans, ada, title=title) for title in ("Older", "Read", "Sent away"))
        enter(beans, cleo)
        operations.dismiss(user=cleo, item=f"thread:{sent.pk}", reason="not_interested")
        forum.note_view(thread=read, by=cleo)
        worker()
        assert self.of_group(cleo) == [(rules.PLACE_FOR_TALK, older.title)]

    def test_ones_own_has_none(self, beans, cleo):
        enter(beans, cleo)
        said_in(beans, cleo)
        assert self.of_group(cleo) == []

    @pytest.mark.leak
    def test_nor_has_what_is_said_where_one_was(self, beans, ada, cleo):
        enter(beans, cleo)
        said_in(beans, ada)
        forum.leave(group=beans, by=cleo)
        assert self.of_group(cleo) == []

    def test_nor_has_anything_once_nothing_may_be_inferred(self, beans, ada, cleo):
        enter(beans, cleo)
        said_in(beans, ada)
        people.record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        assert self.of_group(cleo) == []

    def test_a_longer_list_has_it_at_the_same_place(self, beans, ada, cleo):
        enter(beans, cleo)
        said_in(beans, ada)
        assert self.of_group(cleo, limit=40)[:1] == self.of_group(cleo)


class TestAGroupThatIsPaidFor:
    @pytest.fixture
    def table(self, ada, topics):
        group = opened(ada, "paid", "table", price=9900, currency="CNY")
        group.topics.add(topics[0])
        return group

    @pytest.mark.leak
    def test_speaks_for_nothing_once_the_time_is_over(self, table, ada, ben, cleo):
        said_in(table, ada, title="Within")
        thread = forum.start_thread(by=ben, title="Of cups", source="Which?", audience=["public"])
        for who in (ben, cleo):
            seat = payments.grant(user=who, key=table.seat_key, cause="purchase")
        assert {pick.source for pick in picks(cleo).values()} == {"groups"}
        Entitlement.objects.filter(pk=seat.pk).update(ends_at=timezone.now())
        assert {name: pick.source for name, pick in picks(cleo).items()} == {f"thread:{thread.pk}": "popular"}
        assert "By Cleo" not in " ".join(pick.because for pick in picks(ben).values())

    def test_is_recommended_while_seats_are_on_sale(self, table, ben, topics, cleo):
        for n in range(3):
            forum.start_thread(by=ben, title=f"Talk {n}", source="Of cups.", audience=["public"])
        operations.wish(user=cleo, topic=topics[0], wish="more")
        assert picks(cleo)[table.key].item.look.facts == ("1 member", "By buying a seat")
        payments.withdraw(subject=table.seat_key, by=cleo)
        assert table.key not in picks(cleo)


class TestAGroupToBeIn:
    @pytest.fixture
    def talks(self, ben):
        """Enough of other cards that a place for a group comes."""
        return [forum.start_thread(by=ben, title=f"Talk {n}", source="Of cups.", audience=["public"]) for n in range(3)]

    def test_one_about_what_one_likes_has_a_place_and_says_why(self, beans, topics, talks, cleo):
        before = beans.key in picks(cleo)
        operations.wish(user=cleo, topic=topics[0], wish="more")
        found = picks(cleo)[beans.key]
        assert (before, found.item.title, found.because) == (False, "The bean group", "You wanted more about Bread")
        assert (found.item.look.url, found.item.look.facts) == ("/groups/beans/", ("1 member", "Open to everybody"))

    def test_it_bears_the_name_of_the_readers_language(self, beans, cleo):
        with translation.override("zh-hans"):
            item = kinds.load([beans.key], viewer=fresh(cleo))[beans.key]
            assert (item.title, item.language, item.look.kind_label) == ("豆子小组", "zh-hans", "小组")

    def test_a_large_one_says_no_more_than_that(self, beans, talks, cleo, member):
        assert beans.key not in picks(cleo)
        enter(beans, *(member(f"Grinder{n}") for n in range(4)))
        found = picks(cleo)[beans.key]
        assert (found.source, found.because) == ("popular", "Many are in this group")

    @pytest.mark.leak
    def test_one_by_invitation_is_shown_to_who_was_asked_alone(self, ada, ben, cleo, topics, talks):
        quiet = opened(ada, "invited", "quiet")
        quiet.topics.add(topics[0])
        forum.invite(group=quiet, user=cleo, by=ada)
        for user in (ben, cleo):
            operations.wish(user=user, topic=topics[0], wish="more")
        assert [quiet.key in picks(user) for user in (ben, cleo)] == [False, True]
        assert kinds.load([quiet.key], viewer=fresh(ben)) == {}

    def test_one_that_one_is_in_or_asked_for_or_sent_away_is_not_offered(self, ada, cleo, topics, talks, page_of):
        groups = [opened(ada, "request" if slug == "b" else "open", slug) for slug in "abc"]
        for group in groups:
            group.topics.add(topics[0])
        operations.wish(user=cleo, topic=topics[0], wish="more")
        enter(groups[0], cleo)
        forum.ask_to_join(group=groups[1], by=cleo)
        assert [one.key for one in groups if one.key in picks(cleo)] == [groups[2].key]
        page_of(cleo).post(f"/feed/dismiss/{groups[2].key}/not_interested/")
        assert [one.key for one in groups if one.key in picks(cleo)] == []

    def test_about_what_one_wants_less_of_none_is_offered(self, beans, topics, talks, cleo, member):
        enter(beans, *(member(f"Grinder{n}") for n in range(4)))
        operations.wish(user=cleo, topic=topics[0], wish="less")
        assert beans.key not in picks(cleo)

    def test_programs_are_given_none(self, beans, topics, talks, cleo):
        operations.wish(user=cleo, topic=topics[0], wish="more")
        assert beans.key not in queries.content_ids(viewer=fresh(cleo), limit=10)


def test_many_groups_cost_the_feed_no_more_queries_than_one(ada, ben, cleo, topics, page_of, django_assert_num_queries):
    for n in range(rules.TURNS_FROM):
        forum.start_thread(by=ben, title=f"Talk {n}", source="Of cups.", audience=["public"])
    operations.wish(user=cleo, topic=topics[0], wish="more")
    page = page_of(cleo)
    for slug in "abcd":
        group = opened(ada, slug=slug)
        group.topics.add(topics[0])
        if slug < "c":
            enter(group, ben, cleo)
            said_in(group, ada)
        page.get("/feed/", headers=BY_SCRIPT)
        with django_assert_num_queries(QUERIES):
            page.get("/feed/", headers=BY_SCRIPT)
    with django_assert_num_queries(QUERIES):
        html = page.get("/feed/", headers=BY_SCRIPT).content.decode()
    assert ("From your group" in html, "/groups/c/" in html) == (True, True)
    assert Group.objects.count() == 4


QUERIES = 10
BY_SCRIPT = {"hx-request": "true"}


def test_what_was_said_last_in_a_group_is_read_from_its_end(beans, cleo):
    """One that has been silent for long is not looked for among all that others said since."""
    with connection.cursor() as cursor:
        # Whatever is faster among the few rows of a test.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    assert re.search(r"Limit .*\n *->  Index Scan using newest_of_a_board", interests._circles(cleo.pk).explain())
