"""The letter of the week: to whoever wants it, once, in their language, with true reasons and nothing twice."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as sent
from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import Consent
from accounts.operations import follow_topics, record_consent
from core.audience import grants, keys
from core.events.models import OutboxMessage
from courses import operations as courses
from forum import operations as forum
from notifications import operations, queries, tokens
from notifications.models import Digest
from recsys import operations as recsys
from recsys.models import Impression, Interaction, TopicWish
from recsys.tests.conftest import _models, crowd, shelf, topics, trained  # noqa: F401 - a small school and its model

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]

NOW = timezone.now()
SOON = (NOW + timedelta(days=8)).replace(hour=4)
"""A week later, at noon in Shanghai, where everybody here lives: whoever wants it today is due then."""


@pytest.fixture
def reader(cleo):
    record_consent(user=cleo, purpose=Purpose.MAIL, is_given=True)
    cleo.language = "en"
    cleo.languages_read = ["en"]
    cleo.save()
    return cleo


def letters():
    return [message.payload for message in OutboxMessage.objects.filter(kind="mail").order_by("pk")]


def names(user):
    return list(Digest.objects.filter(user=user).order_by("week").values_list("items", flat=True))


class TestWhoGetsIt:
    def test_who_said_yes_before_the_week_began_and_nobody_else(self, shelf, reader, ben):  # noqa: F811
        assert list(queries.due_for_digest(as_of=SOON)) == [reader]
        assert list(queries.due_for_digest(as_of=NOW)) == []

    @pytest.mark.parametrize(
        ("zone", "clock"),
        [*((one, one) for one in ("Asia/Shanghai", "Pacific/Auckland", "America/New_York")), ("Nowhere/Land", "UTC")],
    )
    def test_it_is_due_at_eight_on_monday_by_their_own_clock(self, shelf, reader, zone, clock):  # noqa: F811
        type(reader).objects.filter(pk=reader.pk).update(time_zone=zone)
        monday = queries.monday_of(SOON + timedelta(days=7), user=reader)
        Digest.objects.create(user=reader, week=monday - timedelta(days=7))
        hours = [datetime.combine(monday, time(), UTC) + timedelta(hours=n) for n in range(-48, 72)]
        due = [hour for hour in hours if queries.due_for_digest(as_of=hour).exists()]
        assert due[0] == datetime.combine(monday, time(8), ZoneInfo(clock))
        assert {hour.astimezone(ZoneInfo(clock)).hour for hour in due} == set(range(8, 20))

    def test_two_on_two_sides_of_the_world_get_theirs_each_once(self, shelf, reader, member):  # noqa: F811
        other = member("Other", language="en", time_zone="America/New_York")
        record_consent(user=other, purpose=Purpose.MAIL, is_given=True)
        monday = SOON.replace(minute=0, second=0, microsecond=0) + timedelta(days=7 - SOON.weekday(), hours=-16)
        Digest.objects.all().delete()
        for user in (reader, other):
            Digest.objects.create(user=user, week=queries.monday_of(monday - timedelta(days=2), user=user))
        for n in range(48):
            operations.write_digests(as_of=monday + timedelta(hours=n))
        assert sorted(letter["to"] for letter in letters()) == sorted([reader.email, other.email])

    def test_who_said_no_again_gets_none(self, shelf, reader):  # noqa: F811
        operations.want_digest(user=reader, is_wanted=False)
        assert list(queries.due_for_digest(as_of=SOON)) == []

    @pytest.mark.parametrize(
        "why", [{"is_active": False}, {"suspended_until": SOON + timedelta(days=1)}, {"erased_at": NOW}]
    )
    def test_who_is_gone_or_shut_out_gets_none(self, shelf, reader, why):  # noqa: F811
        type(reader).objects.filter(pk=reader.pk).update(**why)
        assert list(queries.due_for_digest(as_of=SOON)) == []

    def test_it_comes_once_a_week_and_again_in_the_next_one(self, shelf, reader):  # noqa: F811
        for as_of in (SOON, SOON, SOON + timedelta(minutes=10), SOON + timedelta(days=7)):
            operations.write_digests(as_of=as_of)
        assert len(letters()) == Digest.objects.count() == 2

    def test_who_is_not_reached_in_one_turn_is_in_the_next(self, shelf, reader, ada, ben):  # noqa: F811
        for user in (ada, ben):
            record_consent(user=user, purpose=Purpose.MAIL, is_given=True)
        assert [operations.write_digests(as_of=SOON, at_most=2) for _ in range(3)] == [2, 1, 0]

    def test_with_nothing_to_recommend_no_mail_leaves(self, reader):
        operations.write_digests(as_of=SOON)
        assert (letters(), names(reader)) == ([], [[]])

    def test_one_that_fails_keeps_nobody_else_waiting_and_is_tried_again(self, shelf, topics, reader, member):  # noqa: F811
        last = member("Last")
        record_consent(user=last, purpose=Purpose.MAIL, is_given=True)
        # A history that cannot be read, as a program outside might have left it.
        Interaction.objects.create(user=reader, item="thread:broken", weight=1.0, happened_at=NOW)
        recsys.wish(user=reader, topic=topics[0], wish=TopicWish.Wish.NOT_MINE)
        with pytest.raises(ExceptionGroup):
            operations.write_digests(as_of=SOON)
        assert [payload["to"] for payload in letters()] == [last.email]
        assert list(queries.due_for_digest(as_of=SOON)) == [reader]


class TestWhatItSays:
    def test_it_is_sent_with_a_way_out(self, shelf, reader):  # noqa: F811
        operations.write_digests(as_of=SOON)
        from core.events import outbox

        outbox.relay()
        [letter] = sent.outbox
        link = letter.extra_headers["List-Unsubscribe"].strip("<>")
        token = link.removeprefix("http://localhost:8000/mails/no-digest/").rstrip("/")
        # The link tells when it was made, so one that is made now may be another.
        assert (letter.to, tokens.user_of(token)) == ([reader.email], reader)
        assert link in letter.body
        assert link in letter.alternatives[0][0]

    def test_each_thing_has_its_true_reason(self, trained, shelf, reader, worker):  # noqa: F811
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=reader)
        worker()
        OutboxMessage.objects.all().delete()
        first = queries.contents(viewer=reader, as_of=SOON).picks[0].item.title
        operations.write_digests(as_of=SOON)
        [letter] = letters()
        assert letter["subject"] == f"This week for you: “{first}”"
        assert "Because you finished “Lesson of 0”" in letter["text"]
        assert "Because you finished “Lesson of 0”" in letter["html"]

    def test_it_speaks_the_language_of_who_reads_it(self, shelf, topics, reader):  # noqa: F811
        follow_topics(user_id=reader.pk, topic_ids=[topics[1].pk])
        type(reader).objects.filter(pk=reader.pk).update(language="zh-hans")
        operations.write_digests(as_of=SOON)
        [letter] = letters()
        assert (letter["language"], letter["subject"].startswith("本周给你：“")) == ("zh-hans", True)
        assert "你关注了“knots课”" in letter["text"]

    def test_what_is_in_a_language_they_do_not_read_is_left_out(self, shelf, ada, reader):  # noqa: F811
        reader.languages_read = ["zh-hans"]
        reader.save()
        operations.write_digests(as_of=SOON)
        assert names(reader) == [[]]

    def test_nothing_comes_twice(self, shelf, reader):  # noqa: F811
        for week in range(3):
            operations.write_digests(as_of=SOON + timedelta(weeks=week))
        told = [name for items in names(reader) for name in items]
        assert (len(told), len(set(told))) == (6, 6)

    def test_nothing_that_is_owned_or_dismissed(self, shelf, reader, worker):  # noqa: F811
        courses.enroll(course=shelf[0], user=reader)
        recsys.dismiss(user=reader, item=shelf[1].key, reason="known")
        worker()
        operations.write_digests(as_of=SOON)
        operations.write_digests(as_of=SOON + timedelta(weeks=1))
        told = {name for items in names(reader) for name in items}
        assert told == {course.key for course in shelf[2:]}

    @pytest.mark.leak
    def test_nothing_that_is_hidden_from_them(self, ada, reader, member, monkeypatch, topics):  # noqa: F811
        monkeypatch.setattr(keys, "_grants", list(keys._grants))
        other = member("Other", language="en", languages_read=["en"])
        record_consent(user=other, purpose=Purpose.MAIL, is_given=True)
        grants(lambda viewer: ["course:7"] if viewer.pk == other.pk else [])
        for user in (reader, other):
            follow_topics(user_id=user.pk, topic_ids=[topics[0].pk])
        forum.ask(
            by=ada, title="A secret of lesson seven", source="The canary sings.", audience=["course:7"],
            topic_ids=[topics[0].pk], language="en",
        )  # fmt: skip
        operations.write_digests(as_of=SOON)
        assert [(one["to"], "A secret of lesson seven" in one["html"]) for one in letters()] == [(other.email, True)]

    def test_questions_that_they_could_answer(self, shelf, ada, reader, topics):  # noqa: F811
        follow_topics(user_id=reader.pk, topic_ids=[topics[1].pk])
        recsys.dismiss(user=reader, item=shelf[3].key, reason="known")
        for n in range(9):
            forum.ask(
                by=ada, title=f"Which knot holds {n}?", source="Well.", audience=["public"], topic_ids=[topics[1].pk],
                language="en",
            )  # fmt: skip
        found = queries.contents(viewer=reader, as_of=SOON)
        assert (len(found.questions), {pick.because for pick in found.questions}) == (2, {"You follow Knots"})
        assert set(found.names) == {*(p.item.name for p in found.picks), *(p.item.name for p in found.questions)}
        assert len(set(found.names)) == len(found.names)

    def test_a_member_who_likes_the_same_when_both_said_yes(self, shelf, reader, member, worker):  # noqa: F811
        other = member("Other", language="en", languages_read=["en"])
        for user in (reader, other):
            record_consent(user=user, purpose=Purpose.FINDABLE, is_given=True)
            for course in shelf[:3]:
                courses.complete_lesson(lesson=course.lessons.get(), by=user)
        worker()
        OutboxMessage.objects.all().delete()
        operations.write_digests(as_of=SOON)
        [letter] = letters()
        assert "Often at Bread, like you" in letter["text"]
        assert "http://localhost:8000/members/other/" in letter["html"]

    def test_where_they_stopped(self, shelf, reader, worker):  # noqa: F811
        courses.enroll(course=shelf[0], user=reader)
        worker()
        OutboxMessage.objects.all().delete()
        operations.write_digests(as_of=SOON)
        [letter] = letters()
        assert "You stopped before “Lesson of 0” in “Course number 0”." in letter["text"]

    def test_less_of_a_topic_halves_it_here_too(self, shelf, topics, reader):  # noqa: F811
        def of_bread():
            picks = queries.contents(viewer=reader, as_of=SOON).picks
            return sum(topics[0].pk in pick.item.topic_ids for pick in picks)

        before = of_bread()
        recsys.wish(user=reader, topic=topics[0], wish=TopicWish.Wish.LESS)
        less = of_bread()
        recsys.take_back_wish(user=reader, topic=topics[0])
        assert (before >= 2, less, of_bread()) == (True, before // 2, before)

    def test_it_counts_as_shown_but_not_of_who_is_not_learned_from(self, shelf, reader, ben):  # noqa: F811
        record_consent(user=ben, purpose=Purpose.MAIL, is_given=True)
        record_consent(user=ben, purpose=Purpose.PERSONALIZATION, is_given=False)
        operations.write_digests(as_of=SOON)
        shown = set(Impression.objects.values_list("user", "item"))
        assert shown == {(reader.pk, name) for name in names(reader)[0]}
        assert len(letters()) == 2


class TestTheWayOut:
    def path(self, user):
        return f"/mails/no-digest/{tokens.for_no_digest(user)}/"

    def test_opening_the_link_changes_nothing_and_the_button_ends_it_without_logging_in(self, reader, page_of):
        page = page_of()
        assert "One press" in page.get(self.path(reader)).content.decode()
        before = queries.wants_digest(reader)
        assert "No more letters of the week" in page.post(self.path(reader)).content.decode()
        assert (before, queries.wants_digest(reader)) == (True, False)
        assert list(Consent.objects.filter(purpose="mail").order_by("pk").values_list("is_given", flat=True)) == [
            True,
            False,
        ]

    def test_somebody_elses_link_ends_theirs_alone(self, reader, ben, page_of):
        record_consent(user=ben, purpose=Purpose.MAIL, is_given=True)
        page_of(reader).post(self.path(ben))
        assert [queries.wants_digest(user) for user in (reader, ben)] == [True, False]

    @pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: "x" + token, lambda token: "1"])
    def test_a_link_that_is_not_ours_leads_nowhere(self, reader, page_of, change):
        path = f"/mails/no-digest/{change(tokens.for_no_digest(reader))}/"
        assert page_of().post(path).status_code == 404
        assert queries.wants_digest(reader)

    def test_it_is_a_switch_in_the_settings(self, reader, page_of):
        page = page_of(reader)
        seen = []
        for form in ({}, {"digest": "on"}):
            page.post("/settings/notifications/", form)
            seen.append(queries.wants_digest(reader))
        assert seen == [False, True]
