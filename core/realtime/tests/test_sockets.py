"""Real sockets to a real live process: who may come, what they may hear, when they must go."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from accounts.models import User
from core.realtime import sending, topics
from core.realtime.models import Message, Stream
from payments.models import Entitlement

from .conftest import ORIGIN, say

pytestmark = pytest.mark.commits

PROMISED_SECONDS = 5.0


def within(seconds, work):
    started = time.monotonic()
    outcome = work()
    assert time.monotonic() - started < seconds
    return outcome


def dumb(monkeypatch):
    """Lose every word to the broker, as when it is gone."""
    monkeypatch.setattr(sending, "_fan_out", lambda *_said: None)


class TestHandshake:
    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "http://localhost",
            "http://localhost:8001",
            "https://localhost:8000",
            "http://localhost:8000.evil.test",
        ],
    )
    def test_a_page_from_elsewhere_is_refused(self, live, origin):
        with pytest.raises(InvalidStatus) as refusal:
            live.open(origin=origin)
        assert refusal.value.response.status_code == 403

    def test_nothing_is_compressed_even_when_the_browser_offers_it(self, live):
        page = live.open(compression="deflate")
        assert page.connection.protocol.extensions == []

    def test_a_member_hears_their_own_stream_and_nobody_else_s(self, live):
        ben, cleo = live.join(), live.join()
        page = live.open(live.enter(ben))
        assert page.listen(f"user:{ben.pk}")["listening"] == f"user:{ben.pk}"
        assert "refused" in page.listen(f"user:{cleo.pk}")

    def test_a_guest_hears_what_is_public(self, live):
        page = live.open()
        assert page.listen("room:2")["listening"] == "room:2"
        assert "refused" in page.listen("room:1")

    def test_a_session_that_has_ended_opens_nothing(self, live):
        ben = live.join()
        browser = live.enter(ben)
        page_before = live.open(browser)
        assert page_before.listen(f"user:{ben.pk}")["listening"] == f"user:{ben.pk}"
        cookie = browser.cookies["sessionid"].value
        browser.logout()
        browser.cookies["sessionid"] = cookie
        assert "refused" in live.open(browser).listen(f"user:{ben.pk}")


class TestTopics:
    @pytest.mark.forgery
    @pytest.mark.parametrize(
        "forge",
        [
            lambda: "",
            lambda: "room:2",
            lambda: signing.dumps("room:2"),
            lambda: signing.dumps("room:2", key="guessed", salt="lyceum.live"),
            lambda: topics.sign("room:2")[:-4] + topics.sign("room:1")[-4:],
        ],
        ids=["empty", "plain", "for another purpose", "with another key", "with another signature"],
    )
    def test_a_name_that_we_did_not_sign_is_refused(self, live, forge):
        page, token = live.open(), forge()
        page.ask({"listen": [[token, 0]]})
        assert page.until(lambda said: "refused" in said) == {"refused": token}

    def test_a_page_drawn_eight_days_ago_is_told_to_reload(self, live):
        with time_machine.travel(timezone.now() - timedelta(days=8)):
            token = topics.sign("room:2")
        page = live.open()
        page.ask({"listen": [[token, 0]]})
        assert page.until(lambda said: True) == {"reload": "room:2"}
        say("room:2")
        page.listen("room:62")
        assert not any("seq" in said for said in page.heard)

    def test_the_control_stream_is_closed_to_its_own_member_too(self, live):
        ben = live.join(is_staff=True)
        assert "refused" in live.open(live.enter(ben)).listen(sending.control_stream(ben.pk))


class TestRightsThatChange:
    @pytest.fixture
    def dora(self, live):
        return live.join(is_staff=True)

    @pytest.fixture
    def page(self, live, dora):
        page = live.open(live.enter(dora))
        assert page.listen(
            "room:1", seq=Stream.objects.filter(name="room:1").values_list("seq", flat=True).first() or 0
        )
        return page

    def test_they_are_asked_again_when_a_page_comes_back(self, live, dora, page):
        User.objects.filter(pk=dora.pk).update(is_staff=False)
        assert "refused" in live.open(live.enter(dora)).listen("room:1")

    def test_they_are_asked_again_at_each_subscription_on_an_open_socket(self, live):
        ben = live.join()
        page = live.open(live.enter(ben))
        assert "refused" in page.listen("hall:2")
        held = Entitlement.objects.create(user=ben, key="hall:2", cause="staff", starts_at=timezone.now())
        assert "listening" in page.listen("hall:2")
        Entitlement.objects.filter(pk=held.pk).update(ended_at=timezone.now(), end_cause="staff")
        assert "refused" in page.listen("hall:2")

    def test_a_control_message_ends_what_is_no_longer_allowed(self, live, dora, page):
        User.objects.filter(pk=dora.pk).update(is_staff=False)
        sending.recheck(user_id=dora.pk)
        assert within(PROMISED_SECONDS, lambda: page.until(lambda said: "closed" in said)) == {"closed": "room:1"}
        page.listen("room:2")
        say("room:1")
        say("room:2")
        assert page.until(lambda said: "seq" in said)["stream"] == "room:2"

    def test_control_without_a_control_message_it_would_be_heard(self, live, dora, page):
        User.objects.filter(pk=dora.pk).update(is_staff=False)
        say("room:1")
        assert page.until(lambda said: "seq" in said)["stream"] == "room:1"

    def test_a_control_message_that_the_broker_loses_is_found(self, live, dora, page, monkeypatch):
        dumb(monkeypatch)
        User.objects.filter(pk=dora.pk).update(is_staff=False)
        sending.recheck(user_id=dora.pk)
        assert within(PROMISED_SECONDS, lambda: page.until(lambda said: "closed" in said)) == {"closed": "room:1"}

    def test_a_gap_is_filled_only_for_those_who_may_still_hear(self, live, dora, page, monkeypatch):
        dumb(monkeypatch)
        User.objects.filter(pk=dora.pk).update(is_staff=False)
        say("room:1")
        assert page.until(lambda said: "closed" in said or "seq" in said) == {"closed": "room:1"}

    def test_logging_out_closes_every_page_of_the_session(self, live):
        ben = live.join()
        phone, desk = live.enter(ben), live.enter(ben)
        pages, other = [live.open(phone), live.open(phone)], live.open(desk)
        for page in (*pages, other):
            page.listen(f"user:{ben.pk}")
        phone.logout()
        assert within(PROMISED_SECONDS, lambda: [page.end() for page in pages]) == [4401, 4401]
        say(f"user:{ben.pk}")
        assert other.seqs(1) == [1]

    def test_logging_out_is_noticed_without_any_word_of_it(self, live, monkeypatch):
        dumb(monkeypatch)
        ben = live.join()
        browser = live.enter(ben)
        page = live.open(browser)
        page.listen(f"user:{ben.pk}")
        browser.logout()
        assert within(PROMISED_SECONDS, page.end) == 4401

    def test_a_new_password_closes_the_pages_opened_with_the_old_one(self, live):
        ben = live.join()
        page = live.open(live.enter(ben))
        page.listen(f"user:{ben.pk}")
        ben.set_password("another long password")
        ben.save()
        sending.recheck(user_id=ben.pk)
        assert within(PROMISED_SECONDS, page.end) == 4401

    def test_a_suspended_member_hears_only_what_is_public(self, live):
        ben = live.join()
        page = live.open(live.enter(ben))
        page.listen(f"user:{ben.pk}")
        page.listen("room:2", seq=Stream.objects.filter(name="room:2").values_list("seq", flat=True).first() or 0)
        User.objects.filter(pk=ben.pk).update(suspended_until=timezone.now() + timedelta(days=1))
        assert within(PROMISED_SECONDS, lambda: page.until(lambda said: "closed" in said)) == {
            "closed": f"user:{ben.pk}"
        }
        say("room:2")
        assert page.until(lambda said: "seq" in said)["stream"] == "room:2"

    def test_an_account_that_is_taken_away_closes_its_pages(self, live):
        ben = live.join()
        page = live.open(live.enter(ben))
        page.listen(f"user:{ben.pk}")
        User.objects.filter(pk=ben.pk).update(is_active=False)
        assert within(PROMISED_SECONDS, page.end) == 4401


class TestNothingIsMissed:
    def test_what_was_said_while_away_comes_first_and_once(self, live):
        page = live.open()
        page.listen("room:10")
        say("room:10", 3)
        assert page.seqs(3) == [1, 2, 3]
        page.close()
        say("room:10", 4)
        back = live.open()
        back.listen("room:10", seq=3)
        say("room:10", 2)
        assert [one["seq"] for one in back.heard if "seq" in one] + back.seqs(2) == [4, 5, 6, 7, 8, 9]

    def test_what_the_broker_lost_is_found_in_its_place(self, live, monkeypatch):
        page = live.open()
        page.listen("room:12")
        with monkeypatch.context() as patch:
            dumb(patch)
            say("room:12", 3)
        say("room:12")
        assert page.seqs(4) == [1, 2, 3, 4]

    def test_what_the_broker_lost_last_is_found_too(self, live, monkeypatch):
        dumb(monkeypatch)
        page = live.open()
        page.listen("room:14")
        say("room:14", 2)
        assert page.seqs(2) == [1, 2]

    def test_what_nobody_hears_is_not_handed_on_and_is_there_for_who_comes_back(self, live, monkeypatch):
        handed_on = []
        publish = sending._publish
        monkeypatch.setattr(
            sending,
            "_publish",
            lambda broker, said: publish(broker, handed_on.extend(one.stream for one in said) or said),
        )
        page = live.open()
        page.listen("room:24")
        with sending.transaction.atomic():
            for name in ("room:22", "room:24"):
                sending.send(stream=name, action="signal")
        assert page.seqs(1) == [1]
        assert handed_on == ["room:24"]
        back = live.open()
        back.listen("room:22", seq=0)
        assert [one["seq"] for one in back.heard if "seq" in one] == [1]

    def test_each_page_gets_its_own_language(self, live):
        page, seite = live.open(), live.open()
        page.listen("room:16", language="en")
        seite.listen("room:16", language="zh-hans")
        with sending.transaction.atomic():
            sending.send_many([
                sending.Said(stream="room:16", action="append", html={"en": "lantern", "zh-hans": "灯笼"})
            ])  # fmt: skip
        assert [one.until(lambda said: "seq" in said)["html"] for one in (page, seite)] == ["lantern", "灯笼"]

    def test_who_was_away_for_more_than_a_week_is_told_to_reload(self, live):
        say("room:18", 3)
        Message.objects.filter(stream="room:18", seq__lte=2).delete()
        page = live.open()
        page.listen("room:18", seq=1)
        assert {"reload": "room:18"} in page.heard
        say("room:18")
        assert page.seqs(1) == [4]

    def test_a_page_from_before_a_restore_is_told_to_reload(self, live):
        say("room:20")
        page = live.open()
        page.listen("room:20", seq=7)
        assert {"reload": "room:20"} in page.heard
        say("room:20")
        assert page.seqs(1) == [2]


class TestWhoIsHere:
    def test_the_number_of_readers_comes_without_a_number_of_its_own(self, live):
        first, second = live.open(), live.open()
        first.listen("room:30")
        second.listen("room:30")
        assert first.until(lambda said: said.get("count") == 2) == {"present": "room:30", "count": 2}
        second.close()
        assert first.until(lambda said: said.get("count") == 1) == {"present": "room:30", "count": 1}
        assert not Stream.objects.filter(name="room:30").exists()

    def test_the_others_see_who_writes(self, live):
        ben, cleo = live.join(), live.join()
        writing, reading = live.open(live.enter(ben)), live.open(live.enter(cleo))
        for page in (writing, reading):
            page.listen("room:32")
        writing.ask({"typing": topics.sign("room:32")})
        assert reading.until(lambda said: "typing" in said) == {"typing": "room:32", "name": str(ben)}
        say("room:32")
        writing.until(lambda said: "seq" in said)
        assert not any("typing" in said for said in writing.heard)

    def test_nobody_is_seen_writing_where_they_do_not_listen(self, live):
        ben = live.join()
        writing, reading = live.open(live.enter(ben)), live.open()
        reading.listen("room:34")
        writing.ask({"typing": topics.sign("room:34")})
        writing.listen("room:36")
        say("room:34")
        reading.until(lambda said: "seq" in said)
        assert not any("typing" in said for said in reading.heard)


def test_the_origins_are_the_exact_list_of_the_settings(settings):
    assert settings.LIVE_ORIGINS == [settings.SITE_URL]
    assert ORIGIN == "http://localhost:8000"
