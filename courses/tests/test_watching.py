"""Watched spans: merged, honest, never taken back."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from conftest import played
from core.events.testing import published
from core.media import testing
from courses import operations, rules
from courses.events import LessonCompleted, LessonWatched
from courses.models import LessonProgress

NOW = timezone.now()
SPANS = st.lists(st.tuples(st.integers(-20, 700), st.integers(-20, 700)), max_size=60)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def audio(lessons, ada):
    """A recording of a hundred seconds."""
    return operations.attach_file(lesson=lessons[1], file=testing.tone(100), by=ada)


def watch(lesson, by, *spans, after, position=0):
    return operations.note_watched(
        lesson=lesson, by=by, spans=spans, position=position, at=NOW + timedelta(seconds=after)
    )


class TestMerging:
    def test_spans_in_any_order_become_one(self):
        assert rules.merged([(30, 40), (0, 10), (10, 31)], length=100) == [(0, 40)]

    def test_what_is_near_is_one_and_what_is_far_is_not(self):
        assert rules.merged([(0, 10), (11, 20), (22, 30)], length=100) == [(0, 20), (22, 30)]

    @given(SPANS)
    def test_nothing_beyond_the_length_counts_and_nothing_twice(self, spans):
        found = rules.merged(spans, length=600)
        played = {second for start, end in spans for second in range(max(0, start), min(end, 600))}
        counted = {second for start, end in found for second in range(start, end)}
        # A hole of one second is closed; nothing else is added, and nothing is lost.
        assert played <= counted
        assert rules.seconds_of(found) == len(counted) <= len(played) + len(found) + len(spans)
        assert rules.merged(found, length=600) == found

    @given(SPANS, SPANS)
    def test_reports_may_come_in_any_order(self, first, second):
        there = rules.merged([*rules.merged(first, length=600), *second], length=600)
        back = rules.merged([*rules.merged(second, length=600), *first], length=600)
        assert there == back

    def test_there_is_an_end_to_how_many_are_kept(self):
        found = rules.merged([(n * 10, n * 10 + 2 + n % 3) for n in range(900)], length=10_000)
        assert len(found) == rules.MOST_SPANS


@pytest.mark.django_db
class TestWatching:
    def test_devices_add_up(self, audio, enrolled_ben):
        watch(audio, enrolled_ben, (0, 20), after=0)
        watch(audio, enrolled_ben, (15, 40), after=60)
        progress = watch(audio, enrolled_ben, (80, 90), after=61, position=90)
        assert (progress.watched, progress.position, progress.completed_at) == ([(0, 40), (80, 90)], 90, None)
        assert [fact.seconds for fact in published(LessonWatched)] == [20, 20, 10]

    def test_enough_of_it_completes_the_lesson_once(self, audio, enrolled_ben):
        watch(audio, enrolled_ben, (0, 5), after=0)
        assert watch(audio, enrolled_ben, (0, 89), after=100).completed_at is None
        for after in (101, 102):
            watch(audio, enrolled_ben, (0, 90), after=after)
        assert [fact.user_id for fact in published(LessonCompleted)] == [enrolled_ben.pk]

    def test_watching_again_takes_nothing_back(self, audio, enrolled_ben):
        done = operations.complete_lesson(lesson=audio, by=enrolled_ben, at=NOW)
        again = watch(audio, enrolled_ben, (0, 3), after=10, position=3)
        assert again.completed_at == done.completed_at

    def test_a_skip_to_the_end_is_not_watching(self, audio, enrolled_ben):
        assert watch(audio, enrolled_ben, (98, 100), after=0).completed_at is None

    def test_more_than_can_have_been_played_is_refused(self, audio, enrolled_ben):
        watch(audio, enrolled_ben, (0, 5), after=0)
        with pytest.raises(operations.FasterThanTime):
            watch(audio, enrolled_ben, (0, 100), after=20)
        assert LessonProgress.objects.get().watched == [[0, 5]]
        assert watch(audio, enrolled_ben, (0, 100), after=40).completed_at is not None

    def test_a_lesson_that_is_read_has_nothing_to_watch(self, lessons, ben):
        assert watch(lessons[0], ben, (0, 5), after=0).watched == []


@pytest.mark.django_db
class TestReporting:
    def send(self, client, lesson, spans, position=4):
        return client.post(f"{lesson.get_absolute_url()}watched/", {"spans": spans, "position": position})

    def test_the_page_is_told_how_much_that_makes(self, audio, enrolled_ben, page_of):
        answer = self.send(page_of(enrolled_ben), audio, "0-4,10-14")
        assert (answer.status_code, answer.json()) == (200, {"percent": 8, "is_done": False})

    @pytest.mark.parametrize("spans", ["", "4", "0-4;5-6", "0--4", "1-2," * 101 + "1-2", "0-9999999"])
    def test_what_is_not_a_report_is_refused(self, audio, enrolled_ben, page_of, spans):
        assert self.send(page_of(enrolled_ben), audio, spans).status_code == 400

    @pytest.mark.leak
    def test_nobody_watches_what_they_may_not_see(self, audio, cleo, page_of):
        assert [self.send(page_of(who), audio, "0-4").status_code for who in (cleo, None)] == [404, 302]
        assert not LessonProgress.objects.exists()


@pytest.mark.race
@pytest.mark.commits
class TestTwoDevices:
    """Both report at once, each another half; nothing of either is lost."""

    def race(self, lesson, user, rounds):
        lost = 0
        for _ in range(rounds):
            LessonProgress.objects.filter(lesson=lesson).delete()
            LessonProgress.objects.create(lesson=lesson, user=user, started_at=NOW - timedelta(hours=1))
            barrier = Barrier(2)

            def report(span, barrier=barrier):
                barrier.wait()
                try:
                    operations.note_watched(lesson=lesson, by=user, spans=[span], position=0)
                finally:
                    connection.close()

            threads = [Thread(target=report, args=(span,)) for span in ((0, 40), (50, 80))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            lost += rules.seconds_of(LessonProgress.objects.get(lesson=lesson).watched) != 70
        return lost

    @pytest.fixture
    def scene(self, own_database):
        ada, ben = (
            User.objects.create_user(f"{name}@example.test", username=name, name=name) for name in ("ada", "ben")
        )
        course = operations.create_course(by=ada, title="Listening", language="en", summary="With both ears.")
        lesson = operations.add_lesson(course=course, section="One", title="A tone", source="")
        return operations.attach_file(lesson=lesson, file=testing.tone(100), by=ada), ben

    def test_both_count(self, scene):
        assert self.race(*scene, rounds=played(8, full=200)) == 0

    def test_control_without_the_lock_one_forgets_the_other(self, scene, without_row_locks, meet):
        meet(LessonProgress, "save", threads=2)
        assert self.race(*scene, rounds=3) == 3
