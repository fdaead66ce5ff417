"""A copy of everything, and leaving."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from core.privacy import operations, queries
from core.privacy.models import ErasureRequest

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def proved(logged_in):
    def prove(user):
        client = logged_in(user)
        client.post("/account/reauthenticate/?next=/", {"password": PASSWORD})
        return client

    return prove


class TestCopy:
    def test_a_member_asks_for_it_and_downloads_it(self, ada, proved, worker):
        client = proved(ada)
        page = client.post("/settings/data/copy/", follow=True)
        assert "Your copy is being made." in page.content.decode()
        worker()
        found = queries.newest_export(ada)
        assert f'href="/settings/data/copy/{found.pk}/"' in client.get("/settings/data/").content.decode()
        answer = client.get(f"/settings/data/copy/{found.pk}/")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        answer.close()
        assert ada.email in "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())
        assert all(json.loads(archive.read(name)) is not None for name in archive.namelist() if name.endswith(".json"))

    def test_it_asks_who_it_is(self, ada, logged_in):
        answer = logged_in(ada).post("/settings/data/copy/")
        assert answer.headers["Location"].startswith("/account/reauthenticate/")
        assert queries.newest_export(ada) is None

    @pytest.mark.leak
    def test_cleo_cannot_download_adas(self, ada, cleo, proved, worker):
        operations.ask_for_export(by=ada)
        worker()
        path = f"/settings/data/copy/{queries.newest_export(ada).pk}/"
        assert proved(cleo).get(path).status_code == 404
        mine = proved(ada).get(path)
        assert mine.status_code == 200
        mine.close()


class TestLeaving:
    def test_a_member_leaves_and_thinks_better_of_it(self, ada, proved):
        client = proved(ada)
        assert "Your account closes on" in client.post("/settings/data/leave/", follow=True).content.decode()
        assert queries.open_erasure(ada).due_at - timezone.now() > timedelta(days=13, hours=23)
        client.post("/settings/data/stay/")
        assert queries.open_erasure(ada) is None

    def test_it_asks_who_it_is(self, ada, logged_in):
        answer = logged_in(ada).post("/settings/data/leave/")
        assert answer.headers["Location"].startswith("/account/reauthenticate/")
        assert not ErasureRequest.objects.exists()

    def test_after_the_day_nobody_finds_them(self, ada, client):
        ErasureRequest.objects.create(user_id=ada.pk, due_at=timezone.now())
        operations.erase_due(as_of=timezone.now())
        user = User.objects.get(pk=ada.pk)
        assert (user.display_name, user.is_active) == ("Former member", False)
        assert client.get("/members/ada/").status_code == 404
        assert client.get(f"/members/{user.username}/").status_code == 404
