"""Whoever has another kind of thing registers it in one place, and the feed, the model and the pages know it."""

from functools import partial

import numpy as np
import pytest
from django.utils import timezone

from recsys import features, kinds, matrix, operations, queries, serving
from recsys.kinds import registry
from recsys.models import Interaction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def groups(monkeypatch, crowd, topics, ada):
    """Groups, which some room above might have: two, about bread; everybody who is of bread is in the first."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))

    def load(viewer, ids):
        rows = [{"id": one.pk, "slug": one.slug, "name_zh": one.name_zh, "name_en": one.name_en} for one in topics[:1]]
        look = kinds.Look(url="/groups/1/", kind_label="Group", facts=["12 members"])
        return [
            kinds.Item(
                name=f"group:{pk}", title=f"Bakers {pk}", language="en", creator_id=ada.pk, topic_lines=[kinds.topic_line(row) for row in rows],
                draw=lambda: look,
            )
            for pk in ids if pk in {1, 2}
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


def test_its_topics_words_and_makers_are_features(groups, topics):
    data = matrix.build(until=timezone.now())
    known = features.build(data)
    own = data.items.index("group:1")
    # Its words stand nowhere else, which tells nothing of another.
    assert (data.is_card[own], known.items[own, : known.topics].sum(), known.items[own].sum()) == (np.True_, 1.0, 2.0)
    assert kinds.words_of(["group:1"]) == {"group:1": "bakers and bread"}


def test_what_nobody_registers_is_no_item(cleo):
    assert (kinds.is_name("group:1"), kinds.load(["group:1"], viewer=cleo), kinds.topics_of(["group:1"])) == (
        False, {}, {},
    )  # fmt: skip
