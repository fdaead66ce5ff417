"""New items get places of their own; what nobody opens takes a rest."""

from datetime import UTC, timedelta

import numpy as np
import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import TopicFollow
from community.conftest import desk_of  # noqa: F401 - a browser fresh from its password
from courses.models import Course
from forum import operations as forum
from forum.models import Thread
from forum.tests.grouping import opened, said_in
from recsys import operations, queries, rules
from recsys.models import Impression
from recsys.queries import fresh
from recsys.queries.fresh import seen_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def old_shelf(shelf):
    Course.objects.update(published_at=timezone.now() - timedelta(days=90), enrollment_count=1)
    return shelf


@pytest.fixture
def novelty(old_shelf):
    Course.objects.filter(pk=old_shelf[5].pk).update(published_at=timezone.now(), enrollment_count=0)
    return f"course:{old_shelf[5].pk}"


@pytest.fixture
def _second_place(monkeypatch):
    """Lists here are short: the second place is the one that is kept."""
    monkeypatch.setattr(rules, "PLACE_FOR_NEW", 1)


def shown_to(user, item, days):
    today = timezone.localdate()
    Impression.objects.bulk_create(
        [Impression(user=user, item=item, day=today - timedelta(days=n), source="model") for n in range(days)]
    )


def comes_by(user):
    """Load the home page as far as its cards go, with nothing kept from the visit before."""
    cache.clear()
    cards = queries.feed(viewer=user, limit=10)
    operations.note_shown(user=user, cards=cards)
    return [card["source"] for card in cards]


class TestExposure:
    """Each new item is seen by fifty members, or new ones have a twentieth of the places."""

    @pytest.fixture
    def readers(self, member):
        return [member(f"Reader{n}") for n in range(130)]

    def test_fifty_members_see_each_of_two_new_courses_and_then_no_more_places_are_kept(self, old_shelf, readers):
        new = [course.pk for course in old_shelf[4:]]
        Course.objects.filter(pk__in=new).update(published_at=timezone.now(), enrollment_count=0)
        sources = [source for user in readers for source in comes_by(user)]
        seen = seen_by([f"course:{pk}" for pk in new])
        assert min(seen.values()) >= rules.FIRST_IMPRESSIONS
        assert sources.count("new") <= 2 * rules.FIRST_IMPRESSIONS
        assert queries.health(as_of=timezone.now()).unseen == []

    def test_until_then_they_have_a_twentieth_of_the_places_and_each_its_share_of_them(self, old_shelf, readers, ada):
        for n in range(6):
            forum.start_thread(by=ada, title=f"A new talk {n}", source="Words.", audience=["public"], language="en")
        sources = [source for user in readers[:60] for source in comes_by(user)]
        assert sources.count("new") >= len(sources) / rules.EVERY
        seen = seen_by([f"thread:{pk}" for pk in Thread.objects.values_list("pk", flat=True)])
        assert (len(seen), min(seen.values()) >= 1) == (6, True)

    def test_control_without_the_place_nobody_is_led_to_them(self, old_shelf, readers, ada, monkeypatch):
        monkeypatch.setattr(rules, "PLACE_FOR_NEW", 1_000)
        for n in range(12):
            forum.start_thread(by=ada, title=f"A new talk {n}", source="Words.", audience=["public"], language="en")
        assert "new" not in {source for user in readers[:20] for source in comes_by(user)}


@pytest.mark.usefixtures("_second_place")
class TestPlaceForNew:
    def test_what_is_new_stands_at_its_place_and_says_so(self, novelty, cleo):
        pick = queries.picks(viewer=cleo, limit=3)[1]
        assert (pick.item.name, pick.source, pick.because) == (novelty, "new", "New, and few have seen it yet")

    def test_of_two_new_things_each_is_led_to_the_one_about_what_they_follow(self, old_shelf, topics, member):
        new = {"bread": old_shelf[2], "knots": old_shelf[5]}
        Course.objects.filter(pk__in=[course.pk for course in new.values()]).update(
            published_at=timezone.now(), enrollment_count=0
        )
        seen, wanted = [], []
        for n in range(6):
            topic = topics[n % 2]
            reader = member(f"Reader{n}")
            TopicFollow.objects.create(user=reader, topic=topic)
            seen.append(queries.picks(viewer=reader, limit=2)[1].item.name)
            wanted.append(f"course:{new[topic.slug].pk}")
        assert seen == wanted

    def test_what_is_said_in_a_group_is_new_to_its_members_alone_and_takes_no_place(self, novelty, ada, cleo):
        quiet = said_in(opened(ada), ada)
        assert fresh.new_names(as_of=timezone.now()) == [novelty]
        forum.join(group=quiet.board.group, by=cleo)
        assert [pick.source for pick in queries.picks(viewer=cleo, limit=3)].count("new") == 1

    def test_the_page_is_the_same_when_it_is_loaded_again(self, novelty, cleo):
        assert queries.content_ids(viewer=cleo, limit=5) == queries.content_ids(viewer=cleo, limit=5)

    def test_once_enough_have_seen_it_the_place_is_given_back(self, novelty, cleo, member):
        for n in range(rules.FIRST_IMPRESSIONS):
            shown_to(member(f"Reader{n}"), novelty, 1)
        cache.clear()
        assert "new" not in {pick.source for pick in queries.picks(viewer=cleo, limit=3)}

    def test_nothing_is_shown_twice(self, novelty, cleo):
        names = queries.content_ids(viewer=cleo, limit=10)
        assert sorted(set(names)) == sorted(names)


class TestRest:
    def test_what_was_shown_on_four_days_and_never_opened_takes_a_rest(self, old_shelf, cleo):
        name = queries.content_ids(viewer=cleo, limit=1)[0]
        shown_to(cleo, name, rules.SHOWN_DAYS - 1)
        before = name in queries.content_ids(viewer=cleo, limit=10)
        Impression.objects.create(user=cleo, item=name, day=timezone.localdate() - timedelta(days=7), source="model")
        assert (before, name in queries.content_ids(viewer=cleo, limit=10)) == (True, False)

    def test_looking_again_on_the_same_day_counts_once(self, old_shelf, cleo, page_of):
        page_of(cleo).get("/")
        page_of(cleo).get("/")
        assert Impression.objects.filter(user=cleo, item=queries.content_ids(viewer=cleo, limit=1)[0]).count() == 1

    @pytest.mark.parametrize("hour", [4, 20])
    def test_old_impressions_are_dropped_by_the_day_of_the_school_whatever_day_it_is_in_greenwich(self, cleo, hour):
        as_of = timezone.now().astimezone(UTC).replace(hour=hour)
        shown_to(cleo, "course:1", 1)
        Impression.objects.update(day=timezone.localdate(as_of) - timedelta(days=rules.KEPT_DAYS + 1))
        assert (operations.forget_old_impressions(as_of=as_of), Impression.objects.count()) == (1, 0)


class TestHealth:
    def test_it_says_what_filled_the_cards_and_who_was_not_seen(self, novelty, cleo):
        operations.note_shown(user=cleo, cards=queries.feed(viewer=cleo, limit=3))
        found = queries.health(as_of=timezone.now())
        assert [(share.source, share.cards, share.percent) for share in found.shares] == [("popular", 3, 100)]
        assert [one.name for one in found.unseen] == [novelty]

    def test_it_says_how_varied_the_cards_were(self, old_shelf, topics, cleo, ben):
        bread, other_bread, knots = (old_shelf[n].key for n in (0, 1, 3))
        today = timezone.localdate()
        for user, items in ((cleo, [bread, knots]), (ben, [bread, other_bread, knots])):
            Impression.objects.bulk_create(
                [Impression(user=user, item=item, day=today, source="model") for item in items]
            )
        found = queries.health(as_of=timezone.now()).variety
        # Of six courses three were shown, two, one and two times; of one pair in one list and three in the other one is alike.
        assert (found.shown, found.there) == (3, 6)
        assert found.evenness == pytest.approx(1 - (2 * np.arange(1, 7) - 7) @ [0, 0, 0, 1, 2, 2] / (6 * 5))
        assert found.unlike == pytest.approx((1 + 2 / 3) / 2)

    def test_before_anything_was_shown_it_claims_nothing(self, old_shelf):
        found = queries.health(as_of=timezone.now())
        assert (found.variety.evenness, found.variety.unlike) == (None, None)
        assert [one.value for one in found.figures] == ["0", "–", "0 %", "–", "–", "0"]

    def test_the_desk_leads_to_what_was_not_seen(self, novelty, eli, desk_of):  # noqa: F811
        page = desk_of(eli).get(reverse("admin:recsys_trainedmodel_health")).content.decode()
        assert f'<a href="{Course.objects.get(pk=novelty.partition(":")[2]).get_absolute_url()}" lang="en">' in page

    def test_it_alarms_only_when_there_is_enough_to_judge_by(self, member):
        today, source = timezone.localdate(), "popular"
        reader = member("Reader")
        rows = [Impression(user=reader, item=f"course:{n}", day=today, source=source) for n in range(99)]
        Impression.objects.bulk_create(rows)
        few = queries.health(as_of=timezone.now()).is_falling_back
        Impression.objects.create(user=member("Another"), item="course:1", day=today, source=source)
        assert (few, queries.health(as_of=timezone.now()).is_falling_back) == (False, True)
