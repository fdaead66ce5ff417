"""Whoever has another kind of thing registers it in one place, and the feed, the model and the pages know it."""

from functools import partial

import numpy as np
import pytest
from django.utils import timezone

from accounts.models import User
from core.web.held import Held
from recsys import features, kinds, matrix, operations, queries, serving
from recsys.kinds import registry
from recsys.models import Interaction
from surveys import destinations
from surveys import operations as surveys
from surveys.models import Survey
from surveys.queries import topic_interests as surveys_said
from topics.models import Topic

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def groups(monkeypatch, crowd, topics, ada):
    """Groups, which some room above might have: two, about bread; everybody who is of bread is in the first."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))

    def load(viewer, ids):
        about = {one.pk: one for one in topics[:1]}
        look = kinds.Look(url="/groups/1/", kind_label="Group", facts=["12 members"])
        return [
            kinds.Item(
                name=f"group:{pk}", title=f"Bakers {pk}", language="en", creator_id=ada.pk, topic_ids=frozenset(about), named=lambda: about,
                draw=lambda: look,
            )
            for pk in ids["group"] if pk in {1, 2}
        ]  # fmt: skip

    pairs = partial(map, lambda pk: (pk, topics[0].pk))
    kinds.register(
        "group",
        kinds.Kind(
            load=load, topics=pairs, words=partial(map, lambda pk: (pk, "bakers and bread")),
            creators=partial(map, lambda pk: (pk, ada.pk)),
        ),
    )  # fmt: skip
    bakers = Interaction.objects.filter(item=f"lesson:{_first_lesson()}").values_list("user", flat=True)
    Interaction.objects.bulk_create(
        Interaction(user_id=user, item="group:1", weight=1.0, happened_at=timezone.now()) for user in bakers
    )


def _first_lesson():
    from courses.models import Lesson

    return Lesson.objects.get(title="Lesson of 0").pk


def test_it_is_learned_recommended_explained_and_sent_away(groups, shelf, cleo, worker, page_of):
    from courses import operations as courses

    operations.retrain()
    serving.forget()
    courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
    worker()
    found = {pick.item.name: pick for pick in queries.picks(viewer=cleo, limit=10)}
    assert found["group:1"].source in {"model", "habits"}
    page = page_of(cleo)
    assert "Bakers 1" in page.get("/feed/why/group:1/").content.decode()
    page.post("/feed/dismiss/group:1/known/")
    assert "group:1" not in queries.content_ids(viewer=cleo, limit=10)


class TestAnAnswerThatLeadsToOne:
    """Answers of a survey map to topics, to a path, and to whatever else some room has, such as groups."""

    @pytest.fixture
    def bakers(self, groups, shelf, cleo, eli_builds, monkeypatch):
        """The owner lets an answer lead to a group and then to a course; Cleo has given it."""
        monkeypatch.setattr(destinations, "_places", dict(destinations._places))
        place = destinations.Place(
            reference="group:2", title="Bakers 2", url="/groups/2/", language="en", kind="Groups"
        )
        destinations.register_places("group", lambda viewer, ids: [place] if ids is None or 2 in ids else [])
        return eli_builds("group:2", shelf[4].key)

    @pytest.fixture
    def eli_builds(self, eli, cleo, topics, page_of):
        def build(*steps):
            type(eli).objects.filter(pk=eli.pk).update(is_staff=True, is_superuser=True)
            survey = Survey.objects.create(slug="onboarding", title_zh="？", title_en="What?", audience=["members"])
            offer = {"text_en": "I bake", "topics": [topics[0].pk]}
            offer |= {f"step_{n}": step for n, step in enumerate(steps, start=1)}
            form = {
                "kind": "single",
                "text_zh": "？",
                "text_en": "?",
                "place": "1",
                "offer-TOTAL_FORMS": "1",
                "offer-INITIAL_FORMS": "0",
            }
            desk = page_of(eli)
            offered = desk.get(f"/surveys/{survey.pk}/questions/new/").content.decode()
            desk.post(
                f"/surveys/{survey.pk}/questions/new/",
                form | {f"offer-0-{name}": value for name, value in offer.items()},
            )
            surveys.open_version(survey=survey)
            question = survey.questions.get()
            surveys.submit(survey=survey, by=cleo, answers={question.pk: question.choices.get().pk})
            return survey, offered

        return build

    def test_the_owner_may_choose_it_and_the_page_of_thanks_leads_there(self, bakers, cleo, page_of):
        survey, offered = bakers
        assert '<optgroup label="Groups">' in offered
        thanks = page_of(cleo).get(f"/surveys/{survey.pk}/thanks/").content.decode()
        assert '<a href="/groups/2/" lang="en">Bakers 2</a>' in thanks

    def test_the_feed_has_it_as_the_next_step(self, bakers, shelf, cleo, page_of):
        def steps():
            picks = queries.picks(viewer=User.objects.get(pk=cleo.pk), limit=10)
            return [pick.item.name for pick in picks if pick.source == "path"]

        first = steps()
        page_of(cleo).post("/feed/dismiss/group:2/known/")
        assert (first, steps()) == (["group:2"], [shelf[4].key])

    def test_what_the_answer_says_of_a_topic_counts_too(self, bakers, topics, cleo):
        assert surveys_said(cleo) == {topics[0].pk: 3}


def test_its_topics_words_and_makers_are_features(groups, topics):
    data = matrix.build(until=timezone.now())
    known = features.build(data)
    own = data.items.index("group:1")
    # Its words stand nowhere else, which tells nothing of another.
    assert (data.is_card[own], known.items[own, : known.topics].sum(), known.items[own].sum()) == (np.True_, 1.0, 2.0)
    assert kinds.words_of(["group:1"]) == {"group:1": "bakers and bread"}


def test_what_nobody_registers_is_no_item(cleo):
    assert (kinds.is_name("club:1"), kinds.load(["club:1"], viewer=cleo), kinds.topics_of(["club:1"])) == (
        False, {}, {},
    )  # fmt: skip


class TestWhatTopicsAreCalled:
    def called(self, course, viewer):
        (item,) = kinds.load([course.key], viewer=viewer).values()
        return [one.name_en for one in item.topics]

    def test_is_held_by_the_process_until_it_is_ten_seconds_old(self, shelf, topics, cleo, django_assert_num_queries):
        before = self.called(shelf[0], cleo)
        Topic.objects.filter(pk=topics[0].pk).update(name_en="Sourdough")
        with django_assert_num_queries(1):
            assert self.called(shelf[0], cleo) == before
        Held.forget_all()
        assert self.called(shelf[0], cleo) == ["Sourdough"]

    def test_of_a_new_one_is_asked_at_once(self, shelf, topics, cleo):
        self.called(shelf[0], cleo)
        shelf[0].topics.set([Topic.objects.create(slug="rye", name_en="Rye", name_zh="黑麦")])
        assert self.called(shelf[0], cleo) == ["Rye"]
