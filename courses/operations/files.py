"""A lesson's file, its captions and its free beginning."""

from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.media import UploadRefused
from core.media.models import Asset
from core.media.operations import delete, store, store_beginning
from courses import captions as webvtt
from courses.models import Captions, Lesson

from .authoring import recount

PURPOSE = "lesson"
CAPTIONS = "lesson-captions"
BEGINNING = "lesson-beginning"
RECORDINGS = {Lesson.Kind.VIDEO, Lesson.Kind.AUDIO}


@transaction.atomic
def attach_file(*, lesson: Lesson, file: IO[bytes], by: User) -> Lesson:
    """
    Let ``lesson`` be shown or played from ``file``, whose content decides whether it is a video, an audio, a PDF or a picture.

    Whatever was there before is taken away. Everybody's progress stays; of a new recording one has watched nothing yet.

    :raises UploadRefused: if the file is not taken; nothing has changed then.
    """
    return use_file(lesson=lesson, asset=store(file=file, purpose=PURPOSE, by=by, subject=_subject(lesson)))


@transaction.atomic
def use_file(*, lesson: Lesson, asset: Asset) -> Lesson:
    """Let ``lesson`` be shown or played from ``asset``, which is stored for it already."""
    _drop(lesson)
    lesson.file, lesson.kind = asset, asset.kind
    # There may be more to read than to play.
    lesson.minutes = max(lesson.minutes, round(asset.seconds / 60))
    lesson.save(update_fields=["file", "kind", "minutes", "beginning", "updated_at"])
    _cut_beginning(lesson)
    recount(course=lesson.course)
    return lesson


@transaction.atomic
def remove_file(*, lesson: Lesson) -> Lesson:
    """Let ``lesson`` be an article again."""
    _drop(lesson)
    for one in lesson.captions.select_related("file"):
        remove_captions(captions=one)
    lesson.kind = Lesson.Kind.ARTICLE
    lesson.save(update_fields=["file", "kind", "beginning", "updated_at"])
    return lesson


@transaction.atomic
def offer_beginning(*, lesson: Lesson, minutes: int) -> Lesson:
    """
    Let everybody see the first ``minutes`` of a recording; 0 takes the offer back.

    They are a file of their own: who may see no more is never sent more.

    :raises UploadRefused: if they cannot be cut.
    """
    if lesson.free_minutes != minutes:
        lesson.free_minutes = minutes
        lesson.save(update_fields=["free_minutes"])
        _cut_beginning(lesson)
    return lesson


@transaction.atomic
def set_captions(*, lesson: Lesson, file: IO[bytes], language: str, by: User | None = None) -> Captions:
    """
    Show ``file``, in WebVTT, over the recording and below it, for readers of ``language``; earlier ones of it are replaced.

    :raises UploadRefused: if it is not WebVTT or holds no line.
    """
    asset = store(file=file, purpose=CAPTIONS, by=by, subject=_subject(lesson))
    return use_captions(lesson=lesson, asset=asset, language=language)


@transaction.atomic
def use_captions(*, lesson: Lesson, asset: Asset, language: str) -> Captions:
    """Show ``asset``, which is stored already; otherwise as ``set_captions``."""
    try:
        with asset.open() as stored:
            cues = webvtt.read(stored.read().decode())
    except webvtt.NoCues as none:
        raise UploadRefused(
            _("There is no line in these captions. They must be WebVTT, with a time before each line.")
        ) from none
    for before in Captions.objects.filter(lesson=lesson, language=language).select_related("file"):
        remove_captions(captions=before)
    return Captions.objects.create(lesson=lesson, language=language, file=asset, cues=[list(one) for one in cues])


@transaction.atomic
def remove_captions(*, captions: Captions) -> None:
    """Take captions away."""
    delete(asset=captions.file)
    captions.delete()


def _drop(lesson: Lesson) -> None:
    for asset in (lesson.file, lesson.beginning):
        if asset is not None:
            delete(asset=asset)
    lesson.file = lesson.beginning = None


def _cut_beginning(lesson: Lesson) -> None:
    if lesson.beginning is not None:
        delete(asset=lesson.beginning)
    lesson.beginning = None
    seconds = 60 * lesson.free_minutes
    if lesson.file is not None and lesson.kind in RECORDINGS and 0 < seconds < lesson.file.seconds:
        lesson.beginning = store_beginning(
            asset=lesson.file, seconds=seconds, purpose=BEGINNING, subject=_subject(lesson)
        )
    lesson.save(update_fields=["beginning"])


def _subject(lesson: Lesson) -> str:
    return f"lesson:{lesson.pk}"


def lesson_of(asset: Any) -> Lesson | None:
    """The lesson that a file was stored for."""
    kind, _colon, number = asset.subject.partition(":")
    if kind != "lesson" or not number.isdigit():
        return None
    return Lesson.objects.select_related("course").filter(pk=int(number)).first()
