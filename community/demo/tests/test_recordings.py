"""The film and the sound of the demo school: a minute each, captioned, the same every time."""

import pytest
from django.conf import settings

from community.demo.recordings import film, sound
from community.demo.recordings.furnishing import RECORDINGS, furnish
from community.demo.world import content
from core.media.models import Asset
from courses.models import Lesson
from courses.operations import import_folder

FOLDER = content.FOLDER / "courses" / "charts-black-white"


@pytest.fixture
def lessons(ada, tmp_path):
    before = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = str(tmp_path)
    import_folder(folder=FOLDER, by=ada, title="Charts", language="en", slug="charts-black-white")
    found = list(Lesson.objects.filter(import_key__in=RECORDINGS).select_related("course__teacher"))
    for lesson in found:
        furnish(lesson, folder=FOLDER, seed=7)
    yield Lesson.objects.exclude(file=None).select_related("file").prefetch_related("captions__file")
    settings.MEDIA_ROOT = before


def test_a_film_and_a_sound_of_a_minute_with_captions_in_both_languages(lessons):
    found = {
        lesson.kind: (50 <= lesson.file.seconds <= 70, sorted(one.language for one in lesson.captions.all()))
        for lesson in lessons
    }
    assert found == {"video": (True, ["en", "zh-hans"]), "audio": (True, ["en", "zh-hans"])}


def test_captions_are_as_many_in_each_language_and_end_before_the_recording(lessons):
    for lesson in lessons:
        one, other = lesson.captions.all()
        assert [at for at, _ in one.cues] == [at for at, _ in other.cues]
        assert one.cues[-1][0] < lesson.file.seconds


def test_the_same_seed_gives_the_same_files(lessons):
    def rows():
        return sorted(Asset.objects.values_list("key", "stored_name", "digest", "created_at", "seconds"))

    before = rows()
    Asset.objects.all().delete()
    for lesson in Lesson.objects.filter(import_key__in=RECORDINGS).select_related("course__teacher"):
        furnish(lesson, folder=FOLDER, seed=7)
    assert rows() == before


def test_the_film_shows_what_it_says():
    # Three times as tall at first, then falling to 1.02 while the axis comes down, and never up again.
    shown = [film._scene(at / 10) for at in range(150, 270)]
    tall = [float(words.split()[1]) for _, _, _, words in shown]
    assert (tall[0], round(tall[-1], 2)) == (3.0, 1.02)
    assert tall == sorted(tall, reverse=True)


def test_the_sound_bends_where_its_captions_say():
    assert not sound.is_bending(sound.DISTRICTS)
    assert (sound.HARBOR[5], sound.HARBOR[-1], max(sound.HARBOR)) == (74, 66, 74)
    assert [sound.is_bending(one) for one in sound.RIDDLES] == [False, True, False]
    assert sound.hertz(80) == 4 * sound.hertz(60)
