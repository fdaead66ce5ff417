"""A member's front page: it asks once what interests them, and shows what others have begun to talk about."""

import pytest

import surveys.operations
from community import queries
from community.demo.world.ground import _survey
from community.demo.world.plan import Plan, last_minute
from forum import operations as forum
from surveys.queries import onboarding

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    _survey(Plan(seed=1, now=last_minute(None)), {})
    return onboarding()


class TestWhatInterestsThem:
    def test_without_a_survey_nobody_is_asked(self, ben):
        assert not queries.home(viewer=ben)["may_say_interests"]

    def test_whoever_has_not_said_it_is_asked(self, survey, ben):
        assert queries.home(viewer=ben)["may_say_interests"]

    def test_whoever_has_said_not_now_is_not_asked_again(self, survey, ben):
        surveys.operations.skip(survey=survey, by=ben)
        assert not queries.home(viewer=ben)["may_say_interests"]


class TestWhatIsNew:
    def begun(self, by, title, **fields):
        return forum.start_thread(
            by=by, title=title, source="Words.", **{"audience": ["public"], "language": "en", **fields}
        )

    def titles(self, viewer):
        return [row["title"] for row in queries.home(viewer=viewer)["newest"]]

    def test_the_youngest_come_first_and_not_ones_own(self, ada, ben):
        for title in ("The first one", "The second one"):
            self.begun(ada, title)
        self.begun(ben, "My own talk")
        assert self.titles(ben) == ["The second one", "The first one"]

    def test_what_one_may_not_see_or_does_not_read_is_left_out(self, ada, cleo):
        self.begun(ada, "Under a paid lesson", audience=["course:7"])
        self.begun(ada, "用中文说的", language="zh-hans")
        assert self.titles(cleo) == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_asks_as_often_for_three_as_for_one(self, ada, ben, page_of, django_assert_num_queries, count):
        for n in range(count):
            self.begun(ada, f"Talk number {n}")
        visit = page_of(ben)
        visit.get("/")
        with django_assert_num_queries(27, exact=False):
            visit.get("/")
