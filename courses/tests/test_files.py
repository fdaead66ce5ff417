"""Lessons that are played, shown or handed out; and who does not get them."""

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.media import UploadRefused, testing
from core.media.models import Asset
from courses import captions as webvtt
from courses import operations
from courses.models import Captions, Lesson

pytestmark = pytest.mark.django_db

CAPTIONS = b"""WEBVTT

NOTE This is not said.

1
00:00:00.000 --> 00:00:01.000
<v Ada>The canary</v> sings &amp; counts.

00:01.000 --> 00:02.000 line:80%
Twice.
"""


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def paid(lessons, ada):
    """The paid lesson, as a film with captions."""
    operations.attach_file(lesson=lessons[1], file=testing.film(), by=ada)
    operations.set_captions(lesson=lessons[1], file=BytesIO(CAPTIONS), language="en", by=ada)
    return lessons[1]


def fetched(client, asset, **headers):
    """What ``client`` gets for a file: through the question who asks, then the link."""
    found = client.get(urlsplit(asset.url).path, headers=headers)
    if found.status_code != 302:
        return found
    return client.get(urlsplit(found.headers["Location"]).path, headers=headers)


def status(client, asset):
    response = fetched(client, asset)
    body(response)
    return response.status_code


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


class TestAttaching:
    def test_the_content_decides_what_a_lesson_is(self, lessons, ada):
        picture = BytesIO()
        Image.new("RGB", (80, 40)).save(picture, "PNG")
        pdf = BytesIO(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")
        kinds = {}
        for name, file in (("film", testing.film()), ("tone", testing.tone(720)), ("picture", picture), ("pdf", pdf)):
            file.seek(0)
            operations.attach_file(lesson=lessons[1], file=file, by=ada)
            found = Lesson.objects.get(pk=lessons[1].pk)
            kinds[name] = (found.kind, found.file.seconds, found.minutes)
        assert kinds == {
            "film": ("video", 2, 10),
            "tone": ("audio", 720, 12),
            "picture": ("image", 0, 12),
            "pdf": ("pdf", 0, 12),
        }
        assert Asset.objects.filter(deleted_at=None).count() == 1

    def test_taking_it_away_leaves_an_article(self, paid):
        operations.remove_file(lesson=paid)
        found = Lesson.objects.get(pk=paid.pk)
        assert (found.kind, found.file, Captions.objects.count()) == ("article", None, 0)
        assert not Asset.objects.filter(deleted_at=None).exists()

    def test_captions_are_read_to_be_shown_below(self, paid):
        assert paid.captions.get().cues == [[0, "The canary sings & counts."], [1, "Twice."]]

    def test_captions_of_a_language_are_replaced(self, paid, ada):
        operations.set_captions(lesson=paid, file=BytesIO(CAPTIONS), language="en", by=ada)
        assert (Captions.objects.count(), Asset.objects.filter(kind="captions", deleted_at=None).count()) == (1, 1)

    @pytest.mark.parametrize("empty", [b"WEBVTT\n\nJust words.\n", b"WEBVTT\n"])
    def test_captions_without_a_line_are_refused(self, lessons, ada, empty):
        with pytest.raises(UploadRefused, match="no line"):
            operations.set_captions(lesson=lessons[1], file=BytesIO(empty), language="en", by=ada)
        assert not Captions.objects.exists()

    def test_times_beyond_the_hour(self):
        assert webvtt.read("WEBVTT\n\n1:02:03.000 --> 1:02:04.000\nLate")[0].at == 3723


@pytest.mark.leak
class TestWhoGetsTheFiles:
    def test_file_and_captions_by_person(self, paid, enrolled_ben, cleo, ada, page_of):
        people = {"guest": None, "Cleo": cleo, "Ben": enrolled_ben, "Ada": ada}
        wanted = {"guest": 404, "Cleo": 404, "Ben": 200, "Ada": 200}
        for asset in (paid.file, paid.captions.get().file):
            assert {name: status(page_of(who), asset) for name, who in people.items()} == wanted

    def test_a_range_asks_the_right_again(self, paid, enrolled_ben, page_of, monkeypatch):
        client = page_of(enrolled_ben)
        link = urlsplit(client.get(urlsplit(paid.file.url).path).headers["Location"]).path
        part = client.get(link, headers={"range": "bytes=4-11"})
        assert (part.status_code, body(part), part.headers["Content-Range"]) == (206, b"ftypisom", "bytes 4-11/10000")
        from core.audience import keys

        # The right is withdrawn, as by a refund; the link itself is good for minutes.
        monkeypatch.setattr(keys, "_grants", [])
        assert client.get(link, headers={"range": "bytes=4-11"}).status_code == 404

    def test_a_free_lesson_plays_for_everybody(self, lessons, ada, cleo, page_of):
        operations.attach_file(lesson=lessons[0], file=testing.film(), by=ada)
        assert [status(page_of(who), lessons[0].file) for who in (None, cleo)] == [200, 200]

    def test_the_file_of_a_draft_is_its_teachers(self, ada, cleo, page_of):
        draft = operations.create_course(by=ada, title="Not ready", language="en", summary="Soon.")
        lesson = operations.add_lesson(course=draft, section="One", title="Free", source="", is_preview=True)
        operations.attach_file(lesson=lesson, file=testing.film(), by=ada)
        assert [status(page_of(who), lesson.file) for who in (None, cleo, ada)] == [404, 404, 200]

    def test_the_page_of_who_may_not_names_neither_file_nor_line(self, paid, cleo, page_of):
        page = page_of(cleo).get(paid.get_absolute_url()).content.decode()
        assert (paid.file.key in page, "canary" in page) == (False, False)


class TestTheBeginning:
    @pytest.fixture
    def offered(self, lessons, ada):
        operations.attach_file(lesson=lessons[1], file=testing.tone(150), by=ada)
        return operations.offer_beginning(lesson=lessons[1], minutes=1)

    def test_everybody_may_hear_it_and_nothing_after_it(self, offered, cleo, page_of):
        for who in (None, cleo):
            heard = body(fetched(page_of(who), offered.beginning))
            assert 60 * 16_000 <= len(heard) < 61 * 16_000
            assert status(page_of(who), offered.file) == 404

    def test_it_stands_on_the_page_that_is_locked(self, offered, page_of):
        page = page_of().get(offered.get_absolute_url())
        assert (page.status_code, page.context["player"]["url"]) == (403, offered.beginning.url)

    def test_another_file_has_another_beginning(self, offered, ada):
        before = offered.beginning
        operations.attach_file(lesson=offered, file=testing.tone(90), by=ada)
        before.refresh_from_db()
        assert before.deleted_at is not None
        assert offered.beginning.seconds == 60

    def test_none_of_what_is_shorter(self, offered, ada):
        operations.attach_file(lesson=offered, file=testing.tone(50), by=ada)
        assert offered.beginning is None

    def test_it_can_be_taken_back(self, offered):
        operations.offer_beginning(lesson=offered, minutes=0)
        assert (offered.beginning, Asset.objects.filter(deleted_at=None).count()) == (None, 1)


class TestTheStudio:
    def form(self, lesson, **more):
        fields = {
            "title": lesson.title,
            "section_title": "One",
            "source": "Words.",
            "minutes": 5,
            "captions_language": "en",
        }
        return fields | more

    def test_a_film_is_uploaded_with_the_lesson(self, course, lessons, ada, page_of):
        film = SimpleUploadedFile("first.mp4", testing.film().read(), content_type="text/plain")
        captions = SimpleUploadedFile("first.vtt", CAPTIONS)
        address = f"/studio/courses/{course.pk}/lessons/{lessons[1].pk}/"
        answer = page_of(ada).post(address, self.form(lessons[1], file=film, captions=captions))
        found = Lesson.objects.get(pk=lessons[1].pk)
        assert (answer.status_code, found.kind, found.captions.count()) == (302, "video", 1)

    @pytest.mark.parametrize(
        ("name", "content", "why"),
        [
            ("film.mp4", b"MZ" + bytes(300), "Files of this type are not taken here."),
            ("film.mp4", b"", "The submitted file is empty."),
            ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(900), "This file cannot be played."),
        ],
        ids=["a program", "nothing", "broken"],
    )
    def test_what_is_refused_is_said_beside_its_field_and_nothing_is_changed(
        self, course, lessons, ada, page_of, name, content, why
    ):
        address = f"/studio/courses/{course.pk}/lessons/{lessons[1].pk}/"
        file = SimpleUploadedFile(name, content)
        answer = page_of(ada).post(address, self.form(lessons[1], title="Changed", file=file))
        assert answer.status_code == 422
        [said] = answer.context["form"].errors["file"]
        assert said.startswith(why)
        assert Lesson.objects.get(pk=lessons[1].pk).title == "Why refunds appear twice"

    def test_nobody_uploads_into_the_course_of_somebody_else(self, course, lessons, cleo, page_of):
        address = f"/studio/courses/{course.pk}/lessons/{lessons[1].pk}/"
        film = SimpleUploadedFile("first.mp4", testing.film().read())
        assert page_of(cleo).post(address, self.form(lessons[1], file=film)).status_code == 404
        assert not Asset.objects.exists()

    def test_the_free_minutes_are_cut_when_they_are_saved(self, course, lessons, ada, page_of):
        operations.attach_file(lesson=lessons[1], file=testing.tone(90), by=ada)
        address = f"/studio/courses/{course.pk}/lessons/{lessons[1].pk}/"
        page_of(ada).post(address, self.form(lessons[1], free_minutes=1))
        assert Lesson.objects.get(pk=lessons[1].pk).beginning.seconds == 60


class TestThePage:
    def test_it_plays_without_scripts_and_goes_on_where_one_stopped(self, paid, enrolled_ben, page_of):
        operations.note_watched(lesson=paid, by=enrolled_ben, spans=[(0, 1)], position=1)
        page = page_of(enrolled_ben).get(paid.get_absolute_url()).content.decode()
        assert f'src="{paid.file.url}#t=1"' in page
        assert "<video controls" in page
        assert f'src="{paid.captions.get().file.url}" default' in page
        assert "The canary sings &amp; counts." in page

    def test_the_policy_lets_it_play_from_the_origin_of_files(self, paid, enrolled_ben, page_of):
        policy = page_of(enrolled_ben).get(paid.get_absolute_url()).headers["Content-Security-Policy"]
        assert "media-src 'self'" in policy
