"""From the front page to an accepted answer, as people of different means live it."""

import pytest

from . import story
from .visitor import Keyboard

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_in_each_language(world, visitor, language):
    story.live(world, visitor(language=language), teacher=visitor(language=language), language=language)


def test_without_scripts_on_a_phone_over_a_slow_line(world, visitor):
    reader = visitor(width=390, scripts=False, slow=True)
    story.live(world, reader, teacher=visitor(), language="en", is_away=True)


def test_by_keyboard_alone(world, visitor):
    story.live(world, visitor(hands=Keyboard), teacher=visitor(), language="en")
