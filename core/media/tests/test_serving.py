"""Who reads what, by which link, for how long, and in which parts."""

from io import BytesIO

import pytest
from django.core import signing as django_signing
from django.test import Client
from django.urls import reverse

from core.media import purposes, signing
from core.media.operations import delete, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(film):
    return store(file=film(), purpose="lesson", name="第一课 intro.mp4")


@pytest.fixture
def body(asset):
    with asset.open() as file:
        return file.read()


def read(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def as_(person):
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


@pytest.mark.leak
class TestRights:
    def test_the_matrix_of_people_and_files(self, people, picture, film, rights):
        rights |= {"ben"}
        texts = {
            "film": film(),
            "picture": picture(form="JPEG"),
            "captions": BytesIO(b"WEBVTT\n"),
            "paper": BytesIO(b"%PDF-1.7\n" + b" " * 300),
        }
        assets = {name: store(file=file, purpose="lesson") for name, file in texts.items()}
        persons = {"guest": None, "ben": people.ben, "cleo": people.cleo}
        seen = {}
        for who, person in persons.items():
            for what, asset in assets.items():
                for ranged in (False, True):
                    headers = {"range": "bytes=0-1"} if ranged else {}
                    answer = as_(person).get(asset.url, headers=headers, follow=True)
                    seen[who, what, ranged] = answer.status_code
                    read(answer)
        assert {key for key, status in seen.items() if status < 300} == {
            ("ben", what, ranged) for what in assets for ranged in (False, True)
        }
        assert {status for key, status in seen.items() if key[0] != "ben"} == {404}

    def test_a_right_that_is_withdrawn_ends_at_the_next_request(self, people, asset, rights):
        rights |= {"ben"}
        link = asset.signed_url(people.ben)
        client = as_(people.ben)
        assert len(read(client.get(link, headers={"range": "bytes=0-9"}))) == 10
        rights.clear()
        assert client.get(link, headers={"range": "bytes=10-19"}).status_code == 404
        assert client.get(asset.url).status_code == 404

    def test_a_link_works_without_a_session_for_the_files_own_origin(self, people, asset, rights, body):
        rights |= {"ben"}
        assert read(Client().get(asset.signed_url(people.ben))) == body

    def test_a_link_that_is_passed_on_opens_nothing_for_another_member(self, people, asset, rights):
        rights |= {"ben", "cleo"}
        assert as_(people.cleo).get(asset.signed_url(people.ben)).status_code == 404

    def test_a_member_who_was_shut_out_reads_nothing(self, people, asset, rights):
        rights |= {"ben"}
        link = asset.signed_url(people.ben)
        people.ben.is_active = False
        people.ben.save()
        assert Client().get(link).status_code == 404

    def test_a_guest_reads_what_guests_may(self, asset, rights, body):
        rights |= {"guest"}
        assert read(Client().get(asset.url, follow=True)) == body

    def test_a_link_lives_for_five_minutes(self, people, asset, rights):
        import time_machine

        rights |= {"ben"}
        with time_machine.travel("2026-01-01 12:00:00", tick=False) as clock:
            link = asset.signed_url(people.ben)
            clock.shift(signing.LIFE_SECONDS)
            first = Client().get(link)
            assert first.status_code == 200
            read(first)
            clock.shift(1)
            assert Client().get(link).status_code == 404
        assert signing.LIFE_SECONDS <= 300

    def test_links_cannot_be_made_by_others(self, people, asset, rights):
        rights |= {"ben", "guest"}
        good = signing.token(asset=asset, viewer=people.ben)
        forged = [
            good[:-1] + ("A" if good[-1] != "A" else "B"),
            good.replace(":", "", 1),
            django_signing.dumps([asset.key, people.ben.pk], salt="another"),
            django_signing.dumps([asset.key, people.ben.pk], salt="core.media", key="guessed"),
            django_signing.dumps("rubbish", salt="core.media"),
            asset.key,
        ]
        assert [Client().get(reverse("media:signed", args=[one])).status_code for one in forged] == [404] * 6

    def test_a_deleted_file_is_gone_at_once(self, people, asset, rights):
        rights |= {"ben"}
        link = asset.signed_url(people.ben)
        delete(asset=asset)
        assert [as_(people.ben).get(one).status_code for one in (link, asset.url)] == [404, 404]

    def test_a_purpose_that_is_no_more_opens_nothing(self, people, asset, rights, monkeypatch):
        rights |= {"ben"}
        link = asset.signed_url(people.ben)
        monkeypatch.setattr(purposes, "known", {})
        assert Client().get(link).status_code == 404

    def test_a_private_file_has_no_public_address(self, asset, rights):
        rights |= {"guest"}
        assert Client().get(reverse("media:open", args=[asset.key])).status_code == 404


class TestHeaders:
    def test_a_private_file(self, people, asset, rights):
        rights |= {"ben"}
        led = as_(people.ben).get(asset.url)
        answer = as_(people.ben).get(led.headers["Location"])
        read(answer)
        assert led.headers["Cache-Control"] == answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Type"] == "video/mp4"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (
            answer.headers["Content-Disposition"] == "inline; filename*=UTF-8''%E7%AC%AC%E4%B8%80%E8%AF%BE%20intro.mp4"
        )

    @pytest.mark.parametrize(
        ("content", "kind", "shown"),
        [
            (b"%PDF-1.7\n" + b" " * 300, "application/pdf", "attachment"),
            (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", "attachment"),
            (b"WEBVTT\n", "text/vtt; charset=utf-8", "inline"),
        ],
    )
    def test_only_harmless_types_are_shown_in_the_browser(self, people, rights, content, kind, shown):
        rights |= {"ben"}
        asset = store(file=BytesIO(content), purpose="lesson")
        answer = Client().get(asset.signed_url(people.ben))
        read(answer)
        assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"].split(";")[0]) == (kind, shown)
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_a_face_is_kept_by_browsers(self, picture, people):
        asset = store(file=picture(), purpose="face", by=people.ben)
        answer = Client().get(asset.url)
        read(answer)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        again = Client().get(asset.url, headers={"if-none-match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_a_front_server_sends_where_there_is_one(self, people, asset, rights, settings):
        rights |= {"ben"}
        settings.ACCEL_PREFIX = "/protected/"
        answer = Client().get(asset.signed_url(people.ben))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["X-Accel-Redirect"] == f"/protected/{asset.stored_name}"
        assert Client().get(asset.signed_url(people.cleo)).status_code == 404


class TestRanges:
    @pytest.mark.parametrize(
        ("wanted", "first", "last"),
        [("bytes=0-9", 0, 9), ("bytes=10-", 10, None), ("bytes=-5", -5, None), ("bytes=5-5", 5, 5), ("bytes=9000-99999", 9000, None),
         ("bytes=-99999999", 0, None)],
    )  # fmt: skip
    def test_a_part(self, people, asset, rights, body, wanted, first, last):
        rights |= {"ben"}
        answer = Client().get(asset.signed_url(people.ben), headers={"range": wanted})
        expected = body[first:] if last is None else body[first : last + 1]
        assert (answer.status_code, read(answer)) == (206, expected)
        start = first % len(body)
        assert answer.headers["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(body)}"
        assert answer.headers["Content-Length"] == str(len(expected))

    @pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=9-5", "bytes=10496-", "bytes=-0"])
    def test_a_part_that_is_not_there(self, people, asset, rights, body, wanted):
        rights |= {"ben"}
        answer = Client().get(asset.signed_url(people.ben), headers={"range": wanted.replace("10496", str(len(body)))})
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(body)}")

    @pytest.mark.parametrize(
        "wanted", ["bytes=0-1,5-6", "lines=0-1", "bytes", "bytes=-", "bytes=a-b", "bytes=" + "9" * 99 + "-"]
    )
    def test_what_is_no_single_range_gets_all(self, people, asset, rights, body, wanted):
        rights |= {"ben"}
        answer = Client().get(asset.signed_url(people.ben), headers={"range": wanted})
        assert (answer.status_code, read(answer)) == (200, body)

    def test_a_part_of_another_file_is_not_given(self, people, asset, rights, body):
        rights |= {"ben"}
        answer = Client().get(asset.signed_url(people.ben), headers={"range": "bytes=0-1", "if-range": '"older"'})
        assert (answer.status_code, read(answer)) == (200, body)

    def test_asking_for_the_head_sends_no_body(self, people, asset, rights, body):
        rights |= {"ben"}
        answer = Client().head(asset.signed_url(people.ben))
        assert (answer.status_code, answer.headers["Content-Length"], read(answer)) == (200, str(len(body)), b"")


class TestOrigin:
    @pytest.fixture(autouse=True)
    def _apart(self, settings):
        settings.MEDIA_ORIGIN = "http://files.test"
        settings.ALLOWED_HOSTS = ["testserver", "files.test"]

    def test_files_come_from_their_own_origin_only(self, people, asset, rights):
        rights |= {"ben"}
        link = asset.signed_url(people.ben)
        assert link.startswith("http://files.test/media/")
        path = link.removeprefix("http://files.test")
        answer = Client().get(path, headers={"host": "files.test"})
        assert answer.status_code == 200
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        read(answer)
        assert Client().get(path).status_code == 404

    @pytest.mark.parametrize("path", ["/account/login/", "/media/upload/post/", "/metrics/x", "/static/css/site.css"])
    def test_no_page_comes_from_there(self, path, settings):
        answer = Client().get(f"{path}?a=b", headers={"host": "files.test"})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{settings.SITE_URL}{path}?a=b")
        assert answer.content == b""
        assert Client().post(path, headers={"host": "files.test"}).status_code == 404

    def test_the_machine_is_still_told_that_it_lives(self):
        assert Client().get("/healthz", headers={"host": "files.test"}).status_code == 200

    def test_a_public_file_has_its_address_there_too(self, picture, people):
        asset = store(file=picture(), purpose="face", by=people.ben)
        assert asset.url.startswith("http://files.test/media/open/")


class TestUploads:
    def send(self, person, file, purpose="post"):
        return as_(person).post(reverse("media:upload", args=[purpose]), {"file": file} if file else {})

    def test_an_editor_gets_the_markdown(self, people, picture):
        from core.media.models import Asset

        answer = self.send(people.ben, picture())
        asset = Asset.objects.get()
        assert answer.json() == {"url": asset.url, "markdown": f"![picture]({asset.url})"}
        assert (answer.status_code, asset.owner, asset.purpose) == (201, people.ben, "post")

    def test_the_markdown_shows_the_picture(self, people, picture):
        from core.text import render

        markdown = self.send(people.ben, picture()).json()["markdown"]
        assert '<img src="/media/of/' in render(markdown).html

    def test_a_refusal_says_why(self, people):
        answer = self.send(people.ben, BytesIO(b"just words"))
        assert (answer.status_code, answer.json()) == (422, {"refusal": "该类型的文件这里不收。"})

    @pytest.mark.parametrize("purpose", ["post", "lesson", "nothing"])
    def test_who_may_not_upload_finds_nothing(self, people, picture, purpose):
        assert self.send(people.cleo, picture(), purpose).status_code == 404

    def test_a_guest_is_sent_to_the_log_in(self, picture):
        assert self.send(None, picture()).status_code == 302

    def test_an_upload_without_a_file(self, people):
        assert self.send(people.ben, None).status_code == 400

    def test_a_body_that_is_too_large_is_not_even_read(self, people, picture, settings):
        settings.LARGEST_UPLOAD = 100
        client = as_(people.ben)
        client.raise_request_exception = False
        answer = client.post(reverse("media:upload", args=["post"]), {"file": picture()})
        assert answer.status_code == 413


class TestRegistry:
    def test_a_purpose_says_who_may_read(self):
        with pytest.raises(ValueError, match="say who may read"):
            purposes.register("x")
        with pytest.raises(ValueError, match="say who may read"):
            purposes.register("x", is_public=True, may_read=lambda viewer, asset: True)
