"""Two tabs, two moderators: what is done at once takes effect once; without the lock of the row it does so each time."""

from types import SimpleNamespace

import pytest
from django.db.models import Model

from accounts.models import User
from core.events.testing import published
from forum import operations, queries
from forum.events import AnswerAccepted, PostHidden
from forum.models import Revision

pytestmark = [pytest.mark.race, pytest.mark.commits]

TABS = 4


@pytest.fixture
def scene(own_database):
    """A question of Ben's with an answer of Ada's, and Dora, who moderates."""
    ada, ben, dora = (
        User.objects.create_user(f"{name}@example.test", username=name, name=name.title(), language="en")
        for name in ("ada", "ben", "dora")
    )
    dora.user_permissions.set(queries.moderators_rights())
    question = operations.ask(by=ben, title="Why twice?", source="It appears in two months.", audience=["public"])
    answer = operations.answer(question=question, by=ada, source="Give both rows one number.")
    return SimpleNamespace(ada=ada, ben=ben, dora=User.objects.get(pk=dora.pk), answer=answer)


def accept(scene):
    operations.accept_answer(answer=scene.answer, by=scene.ben)


def hide(scene):
    operations.hide_post(post=scene.answer, by=scene.dora, reason="Rule 3")


def edit(scene):
    operations.edit_post(post=scene.answer, by=scene.ada, source="Give both rows the same number.")


COUNTED = {
    accept: lambda: len(published(AnswerAccepted)),
    hide: lambda: len(published(PostHidden)),
    edit: Revision.objects.count,
}
"""What an act leaves behind each time that it takes effect."""


@pytest.mark.parametrize("act", COUNTED, ids=lambda act: act.__name__)
def test_done_at_once_it_takes_effect_once(scene, at_once, act, slow_saves):
    assert at_once(*[lambda: act(scene)] * TABS) == {"done": TABS}
    assert COUNTED[act]() == 1


@pytest.mark.parametrize("act", COUNTED, ids=lambda act: act.__name__)
def test_control_without_the_lock_it_takes_effect_several_times(scene, at_once, act, meet, without_row_locks):
    meet(Model, "save", threads=TABS)
    at_once(*[lambda: act(scene)] * TABS)
    assert COUNTED[act]() > 1
