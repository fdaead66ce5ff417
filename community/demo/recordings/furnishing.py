"""Giving lessons of the demo school their film and their sound."""

import hashlib
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import imageio_ffmpeg
import PIL
from django.conf import settings
from django.core.files.storage import default_storage

from core.media import probing
from core.media.models import Asset
from core.media.purposes import Kind
from courses.models import Lesson
from courses.operations import files, use_captions, use_file

from . import film, sound


class Recording(NamedTuple):
    """What a lesson gets, and who makes it."""

    write: Callable[[Path], None]
    kind: Kind
    content_type: str
    extension: str


RECORDINGS = {
    "03-where-zero-matters.md": Recording(film.write, Kind.VIDEO, "video/mp4", "mp4"),
    "06-chart-for-the-ear.md": Recording(sound.write, Kind.AUDIO, "audio/mp4", "m4a"),
}
LANGUAGES = ("en", "zh-hans")


def furnish(lesson: Lesson, *, folder: Path, seed: int) -> None:
    """
    Give ``lesson``, imported from ``folder``, its recording and the captions that stand beside its text.

    Files get names by chance of the seed's own: the same world has the same rows.
    """
    recording = RECORDINGS.get(lesson.import_key)
    if recording is None:
        return
    body = made(recording)
    use_file(lesson=lesson, asset=_kept(lesson, body, recording, seed=seed))
    for language in LANGUAGES:
        path = folder / lesson.import_key.replace(".md", f".{language}.vtt")
        spoken = Recording(film.write, Kind.CAPTIONS, "text/vtt", "vtt")
        use_captions(
            lesson=lesson,
            asset=_kept(lesson, path.read_bytes(), spoken, seed=seed, language=language),
            language=language,
        )


def made(recording: Recording) -> bytes:
    """The bytes of a recording; made once for each state of its code and of what encodes it."""
    module = Path(film.__file__ if recording.kind == Kind.VIDEO else sound.__file__)
    tools = f"{PIL.__version__} {imageio_ffmpeg.get_ffmpeg_version()}"
    name = hashlib.sha256(module.read_bytes() + tools.encode()).hexdigest()[:16]
    path = settings.VAR / "demo" / "recordings" / f"{name}.{recording.extension}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and then named: two workers of the tests may want it at once, and one may be killed.
        with tempfile.TemporaryDirectory(dir=path.parent) as beside:
            fresh = Path(beside) / path.name
            recording.write(fresh)
            fresh.replace(path)
    return path.read_bytes()


def _kept(lesson: Lesson, body: bytes, recording: Recording, *, seed: int, language: str = "") -> Asset:
    chance = hashlib.sha256(f"{seed}:{lesson.course.slug}:{lesson.import_key}:{language}".encode()).hexdigest()
    name = f"{chance[:2]}/{chance[2:26]}.{recording.extension}"
    default_storage.delete(name)
    default_storage.save(name, BytesIO(body))
    seconds, width, height = 0, 0, 0
    if recording.kind != Kind.CAPTIONS:
        with default_storage.open(name) as stored:
            seconds, width, height = probing.probe(stored)
    asset = Asset.objects.create(
        key=chance[26:50], purpose=files.CAPTIONS if language else files.PURPOSE, subject=f"lesson:{lesson.pk}",
        owner=lesson.course.teacher, kind=recording.kind, content_type=recording.content_type, stored_name=name,
        original_name=lesson.import_key.replace("md", recording.extension), size=len(body), width=width or None,
        height=height or None, seconds=seconds, digest=hashlib.sha256(body).hexdigest(),
    )  # fmt: skip
    Asset.objects.filter(pk=asset.pk).update(created_at=lesson.course.created_at)
    return asset
