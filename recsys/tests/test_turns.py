"""Among ten cards each kind has its turn, however much there is of another."""

import pytest
from django.utils import timezone

from accounts.models import User
from courses import operations as courses
from forum import operations as forum
from recsys import operations, queries, rules, serving
from recsys.models import Interaction
from recsys.queries import turns
from topics.models import Topic

TALKS = 15


def listed(ranked, courses=(), talks=(), limit=20):
    """The order in letters and numbers: c1 is a course, t1 talk."""
    names = [*ranked, *courses, *talks]
    place = {name: n for n, name in enumerate(dict.fromkeys(names))}
    best_of = {"course": [place[name] for name in courses], "thread": [place[name] for name in talks]}
    kind_of = {n: "course" if name[0] == "c" else "thread" for name, n in place.items()}.get
    found = turns.in_turns([place[name] for name in ranked], best_of, kind_of=kind_of, limit=limit)
    return [list(place)[n] for n in found]


class TestTurns:
    def test_the_best_of_a_kind_that_is_missing_stands_third(self):
        assert listed(["t1", "t2", "t3", "t4"], courses=["c1", "c2"]) == ["t1", "t2", "c1", "t3", "t4"]

    def test_one_that_is_there_needs_none(self):
        assert listed(["t1", "c5", "t2", "t3"], courses=["c1"]) == ["t1", "c5", "t2", "t3"]

    def test_one_that_comes_later_is_moved_and_not_shown_twice(self):
        assert listed(["t1", "t2", "t3", "c1"], courses=["c1"]) == ["t1", "t2", "c1", "t3"]

    def test_each_ten_has_its_own(self):
        ranked = [f"t{n}" for n in range(18)]
        assert [n for n, name in enumerate(listed(ranked, courses=["c1", "c2"])) if name[0] == "c"] == [2, 12]

    def test_talk_has_its_turn_after_it(self):
        assert listed(["c1", "c2", "c3", "c4", "c5"], talks=["t1"]) == ["c1", "c2", "c3", "t1", "c4", "c5"]

    def test_with_nothing_of_it_the_list_stays_as_it_is(self):
        assert listed(["t1", "t2", "t3", "t4"]) == ["t1", "t2", "t3", "t4"]

    def test_a_longer_list_begins_with_the_shorter_one(self):
        ranked = [f"t{n}" for n in range(18)]
        assert listed(ranked, courses=["c1", "c2"])[:7] == listed(ranked, courses=["c1", "c2"], limit=7)


@pytest.mark.django_db
@pytest.mark.usefixtures("_models")
class TestFeed:
    """Everybody reads the same fifteen talks, and few courses are studied."""

    @pytest.fixture
    def reader(self, crowd, topics, cleo, worker):
        def about(who):
            return Topic.objects.create(
                slug=f"loaf-{who.pk}", name_en=f"Loaf {who.pk}", name_zh=f"面包{who.pk}", parent=topics[0].parent
            )

        learners = list(User.objects.filter(username__startswith="learner"))
        talks = [
            forum.start_thread(by=who, title=f"Talk of {who}", source="Of loaves.", audience=["public"], topic_ids=[about(who).pk])
            for who in learners[:TALKS]
        ]  # fmt: skip
        Interaction.objects.bulk_create(
            Interaction(user=who, item=f"thread:{talk.pk}", weight=1, happened_at=timezone.now())
            for who in learners
            for talk in talks
        )
        operations.retrain()
        serving.forget()
        self.talks = talks
        self.answers(cleo, talks[: rules.TURNS_FROM])
        worker()
        return cleo

    def answers(self, who, talks):
        for talk in talks:
            forum.reply(thread=talk, by=who, source="With a knife.")

    def kinds(self, reader):
        # The tenth place is kept for what is new, as all of it is here.
        return [card["name"].split(":")[0] for card in queries.feed(viewer=reader, limit=9)]

    def test_a_course_is_among_the_first_cards(self, reader):
        assert "course" in self.kinds(reader)

    def test_whoever_is_at_their_first_things_is_not_led_to_others(self, reader, member, worker):
        beginner = member("Beginner")
        self.answers(beginner, self.talks[: rules.TURNS_FROM - 1])
        worker()
        assert "course" not in self.kinds(beginner)

    def test_control_without_a_turn_none_is(self, reader, monkeypatch):
        monkeypatch.setattr(turns, "in_turns", lambda ranked, best_of, *, kind_of, limit: ranked)
        assert "course" not in self.kinds(reader)

    def test_it_is_none_that_the_reader_studies_already(self, reader, shelf, worker):
        for course in shelf:
            courses.enroll(course=course, user=reader)
        worker()
        assert "course" not in self.kinds(reader)
