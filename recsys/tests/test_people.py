"""Members who like the same are led to each other, when both said yes and nothing stands between them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts import operations as people
from accounts.enums import Purpose
from accounts.models import User
from core.events import outbox
from core.events.models import OutboxMessage
from core.privacy.operations import erase
from courses import operations as courses
from recsys import operations, queries
from recsys.models import Kinship, TopicWish
from recsys.queries.people import KIN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


def says(user, is_given, purpose=Purpose.FINDABLE):
    people.record_consent(user=user, purpose=purpose, is_given=is_given)


def led_to(viewer, limit=10):
    # As a request finds them: what a viewer may see is kept on the object.
    viewer = User.objects.get(pk=viewer.pk)
    return [pick.item.title for pick in queries.picks(viewer=viewer, limit=limit) if pick.source == "people"]


def led_to_in_a_moment(viewer, limit=10):
    """Whom they are led to once a worker has looked, which it does when they come and it was not done within the hour."""
    # A minute ago, at least: within one it is not asked for again.
    OutboxMessage.objects.filter(kind=KIN).delete()
    led_to(viewer)
    outbox.relay()
    return led_to(viewer, limit)


@pytest.fixture
def alike(shelf, cleo, ben, worker):
    """Cleo and Ben have finished the same three lessons about bread, and said yes."""
    for user in (cleo, ben):
        for course in shelf[:3]:
            courses.complete_lesson(lesson=course.lessons.get(), by=user)
        says(user, True)
    worker()
    return cleo, ben


class TestWhoIsShown:
    def test_they_are_led_to_each_other_with_what_they_share(self, alike, cleo, ben):
        led_to_in_a_moment(cleo)
        [pick] = [one for one in queries.picks(viewer=cleo, limit=10) if one.source == "people"]
        assert (pick.item.name, pick.because) == (f"member:{ben.pk}", "Often at Bread, like you")
        assert led_to_in_a_moment(ben) == ["Cleo"]

    def test_one_place_in_twenty_at_most(self, alike, cleo, shelf, member, worker):
        for n in range(3):
            other = member(f"Other{n}")
            for course in shelf[:3]:
                courses.complete_lesson(lesson=course.lessons.get(), by=other)
            says(other, True)
        worker()
        assert len(led_to_in_a_moment(cleo, limit=20)) == 1

    def test_who_shares_two_things_is_there_by_chance(self, alike, cleo, shelf, member, worker):
        ben = alike[1]
        says(ben, False)
        other = member("Other")
        for course in shelf[1:3]:
            courses.complete_lesson(lesson=course.lessons.get(), by=other)
        says(other, True)
        worker()
        assert led_to_in_a_moment(cleo) == []

    @pytest.mark.parametrize("who", ["the viewer", "the other"])
    def test_without_the_yes_of_both_there_is_nobody(self, alike, cleo, ben, who):
        assert led_to_in_a_moment(cleo) == ["Ben"]
        says(cleo if who == "the viewer" else ben, False)
        assert led_to_in_a_moment(cleo) == []

    def test_nobody_has_said_yes_before_they_were_asked(self, shelf, cleo, ben, worker):
        for user in (cleo, ben):
            for course in shelf[:3]:
                courses.complete_lesson(lesson=course.lessons.get(), by=user)
        worker()
        assert led_to_in_a_moment(cleo) == []

    def test_it_takes_personal_recommendations_of_both(self, alike, cleo, ben, worker):
        says(ben, False, Purpose.PERSONALIZATION)
        worker()
        cache.clear()
        assert (led_to_in_a_moment(cleo), led_to_in_a_moment(ben)) == ([], [])


@pytest.mark.leak
class TestNothingStandsBetween:
    """What is known of likeness is kept for an hour; what forbids it holds in the next request."""

    @pytest.fixture(autouse=True)
    def _seen_before(self, alike, cleo, ben):
        assert (led_to_in_a_moment(cleo), led_to_in_a_moment(ben)) == (["Ben"], ["Cleo"])

    @pytest.mark.parametrize("act", ["block", "mute"])
    def test_whoever_is_shut_out_is_not_shown(self, cleo, ben, act):
        getattr(people, act)(member=ben, by=cleo)
        assert led_to(cleo) == []

    def test_who_blocks_is_not_shown_to_whom_they_block_staff_included(self, cleo, ben):
        people.block(member=cleo, by=ben)
        is_member = led_to(cleo)
        cleo.is_staff = True
        cleo.save(update_fields=["is_staff"])
        assert (is_member, led_to(cleo)) == ([], [])

    @pytest.mark.parametrize(
        "state",
        [
            {"is_active": False},
            {"erased_at": timezone.now()},
            {"suspended_until": timezone.now() + timedelta(days=1)},
        ],
    )
    def test_who_is_gone_or_shut_out_is_not_shown(self, cleo, ben, state):
        type(ben).objects.filter(pk=ben.pk).update(**state)
        assert led_to(cleo) == []

    def test_whom_one_follows_is_known_already(self, cleo, ben):
        people.follow(member=ben, by=cleo)
        assert led_to(cleo) == []

    def test_the_page_that_says_why_is_there_for_them_alone(self, cleo, ben, member, page_of):
        path = f"/feed/why/member:{ben.pk}/"
        assert "Often at Bread, like you" in page_of(cleo).get(path).content.decode()
        says(ben, False)
        assert page_of(cleo).get(path).status_code == 404

    def test_whom_one_sends_away_does_not_come_back_until_called(self, cleo, ben, page_of):
        page = page_of(cleo)
        page.post(f"/feed/dismiss/member:{ben.pk}/not_interested/")
        gone = led_to(cleo)
        page.post(f"/feed/undo/member:{ben.pk}/")
        assert (gone, led_to(cleo)) == ([], ["Ben"])

    def test_what_one_wants_less_of_is_no_reason_to_meet(self, cleo, topics):
        operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.LESS)
        assert led_to(cleo) == []

    def test_who_reads_another_language_alone_is_not_shown(self, cleo, ben):
        type(ben).objects.filter(pk=ben.pk).update(language="zh-hans", languages_read=["zh-hans"])
        assert led_to(cleo) == []


class TestWhatIsKept:
    """It is worked out once an hour, and a no of anybody who is named in it takes effect in it at once."""

    @pytest.fixture(autouse=True)
    def _seen_before(self, alike, cleo, ben):
        led_to_in_a_moment(cleo), led_to_in_a_moment(ben)
        assert named() == {(cleo.pk, ben.pk), (ben.pk, cleo.pk)}

    @pytest.mark.parametrize("purpose", [Purpose.FINDABLE, Purpose.PERSONALIZATION])
    def test_a_no_takes_them_out_of_what_is_kept_for_others_and_for_themselves(self, cleo, ben, worker, purpose):
        says(ben, False, purpose)
        worker()
        led_to_in_a_moment(cleo)
        assert named() == set()

    def test_who_is_erased_is_named_nowhere(self, cleo, ben, worker):
        erase(user_id=ben.pk)
        worker()
        led_to_in_a_moment(cleo)
        assert named() == set()

    def test_a_yes_again_brings_them_back_before_the_hour_is_over(self, cleo, ben, worker):
        says(ben, False)
        worker()
        says(ben, True)
        assert (led_to_in_a_moment(cleo), led_to_in_a_moment(ben)) == (["Ben"], ["Cleo"])

    def test_it_is_worked_out_anew_when_the_hour_is_over(self, cleo, ben):
        Kinship.objects.filter(user=cleo).update(kept=[])
        within = led_to_in_a_moment(cleo)
        Kinship.objects.update(worked_out_at=timezone.now() - timedelta(minutes=61))
        assert (within, led_to_in_a_moment(cleo)) == ([], ["Ben"])

    def test_until_it_is_those_who_were_found_before_are_shown(self, cleo):
        Kinship.objects.update(worked_out_at=timezone.now() - timedelta(minutes=61))
        assert led_to(cleo) == ["Ben"]

    def test_nobody_is_asked_for_twice_in_a_minute(self, cleo, monkeypatch):
        Kinship.objects.all().delete()
        OutboxMessage.objects.all().delete()
        now = timezone.now().replace(second=30)
        monkeypatch.setattr(timezone, "now", lambda: now)
        led_to(cleo), led_to(cleo)
        assert OutboxMessage.objects.count() == 1


def named():
    """Who is kept for whom."""
    return {(row.user_id, one["id"]) for row in Kinship.objects.all() for one in row.kept}


class TestWhereItIsSet:
    def test_a_switch_under_privacy_and_a_word_on_the_page_of_interests(self, alike, cleo, page_of):
        page = page_of(cleo)
        seen = []
        for form in ({}, {"findable": "on"}):
            shown = page.get("/settings/privacy/").context["form"].initial
            fields = {
                name: value for name, value in shown.items() if name.startswith("see_") or name == "messages_from"
            }
            page.post("/settings/privacy/", {**fields, "personalization": "on", **form})
            seen.append("You are shown to each other" in page.get("/settings/interests/").content.decode())
        assert seen == [False, True]

    def test_the_card_shows_a_face_and_no_topic_to_want_less_of(self, alike, cleo):
        led_to_in_a_moment(cleo)
        [card] = [card for card in queries.feed(viewer=cleo) if card["source"] == "people"]
        assert (card["is_person"], card["url"], card["facts"], card["less_url"]) == (
            True, "/members/ben/", ("@ben",), "",
        )  # fmt: skip

    def test_people_are_no_content(self, alike, cleo):
        assert led_to_in_a_moment(cleo) == ["Ben"]
        assert not [name for name in queries.content_ids(viewer=cleo, limit=20) if name.startswith("member:")]


@pytest.mark.parametrize("count", [1, 3])
def test_they_cost_the_same_however_many_there_are(
    alike, cleo, shelf, member, worker, count, django_assert_num_queries
):
    for n in range(count):
        other = member(f"Other{n}")
        for course in shelf[:3]:
            courses.complete_lesson(lesson=course.lessons.get(), by=other)
        says(other, True)
    worker()
    cache.clear()
    assert led_to_in_a_moment(cleo)
    queries.picks(viewer=cleo, limit=10)
    with django_assert_num_queries(5):
        queries.picks(viewer=cleo, limit=10)
