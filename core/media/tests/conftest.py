from io import BytesIO
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from PIL import Image

from core.media import purposes, testing
from core.media.purposes import Kind, Limits


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def rights():
    """Who may read private files at this moment: names of members, and ``guest``."""
    return set()


@pytest.fixture(autouse=True)
def _purposes(monkeypatch, rights):
    monkeypatch.setattr(purposes, "known", {})
    may_read = lambda viewer, asset: (viewer.username or "guest") in rights  # noqa: E731
    everything = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.CAPTIONS, Kind.PDF, Kind.FIGURE})
    purposes.register("lesson", limits=Limits(kinds=everything), may_read=may_read)
    purposes.register("face", limits=Limits(square=64, per_user=3), is_public=True, may_upload=lambda user: True)
    purposes.register("post", may_read=may_read, may_upload=lambda user: user.username == "ben")


@pytest.fixture
def people(db):
    make = lambda name: get_user_model().objects.create_user(f"{name}@example.test", username=name, name=name)  # noqa: E731
    return SimpleNamespace(**{name: make(name) for name in ("ada", "ben", "cleo")})


@pytest.fixture
def picture():
    def draw(size=(80, 40), *, form="PNG", mode="RGB", color=(200, 30, 30), **more):
        body = BytesIO()
        Image.new(mode, size, color).save(body, form, **more)
        body.seek(0)
        body.name = f"picture.{form.lower()}"
        return body

    return draw


@pytest.fixture
def film():
    """A film that can be played, with as many bytes behind it as wanted."""
    return testing.film


@pytest.fixture
def tone():
    """A tone of ``seconds`` as WAV."""
    return testing.tone
