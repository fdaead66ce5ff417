"""Recordings: looked into by a child process, cut at their beginning."""

from io import BytesIO

import pytest

from core.media import probing, purposes
from core.media.models import Asset
from core.media.operations import delete_of, store, store_beginning
from core.media.purposes import Kind, Limits
from core.media.refusals import UploadRefused

pytestmark = pytest.mark.django_db


class TestLookingInto:
    def test_a_film_says_how_long_and_how_large_it_is(self, film):
        asset = store(file=film(), purpose="lesson")
        assert (asset.kind, asset.seconds, asset.width, asset.height) == (Kind.VIDEO, 2, 64, 48)

    def test_a_sound_has_no_sides(self, tone):
        asset = store(file=tone(3), purpose="lesson")
        assert (asset.kind, asset.seconds, asset.width, asset.height) == (Kind.AUDIO, 3, None, None)

    @pytest.mark.parametrize(
        "broken",
        [
            b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(20_000),
            b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(400),
            b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(5_000),
        ],
        ids=["film", "sound", "song"],
    )
    def test_what_cannot_be_played_is_refused(self, broken):
        with pytest.raises(UploadRefused, match="cannot be played"):
            store(file=BytesIO(broken), purpose="lesson")
        assert not Asset.objects.exists()

    def test_a_list_of_other_files_opens_none_of_them(self, tmp_path, film):
        # A playlist that names a file of the server is text, and text is not taken.
        (tmp_path / "secret.mp4").write_bytes(film().read())
        with pytest.raises(UploadRefused):
            store(file=BytesIO(f"#EXTM3U\n#EXTINF:2,\n{tmp_path}/secret.mp4\n".encode()), purpose="lesson")

    def test_it_may_not_take_for_ever(self):
        # Control: without its clock this would make silence for an hour.
        endless = ["-re", "-f", "lavfi", "-i", "anullsrc", "-t", "3600", "-f", "null", "-"]
        assert probing.run(endless, seconds=1) is None


class TestBeginnings:
    @pytest.fixture(autouse=True)
    def _open_to_all(self):
        everything = frozenset({Kind.VIDEO, Kind.AUDIO})
        purposes.register("beginning", limits=Limits(kinds=everything), may_read=lambda viewer, asset: True)

    def test_nothing_after_it_is_in_it(self, tone):
        whole = store(file=tone(9), purpose="lesson")
        begun = store_beginning(asset=whole, seconds=3, purpose="beginning", subject="lesson:1")
        assert (begun.seconds, begun.purpose, begun.subject) == (3, "beginning", "lesson:1")
        assert begun.size < whole.size / 2

    def test_of_a_film_too(self, film):
        begun = store_beginning(asset=store(file=film(), purpose="lesson"), seconds=1, purpose="beginning")
        assert (begun.kind, begun.seconds, begun.content_type) == (Kind.VIDEO, 1, "video/mp4")


class TestWhoLeaves:
    def test_what_others_paid_for_stays_without_its_owner(self, film, people):
        purposes.register(
            "course",
            limits=Limits(kinds=frozenset({Kind.VIDEO})),
            may_read=lambda viewer, asset: True,
            outlives_owner=True,
        )
        kept = store(file=film(), purpose="course", by=people.ada, name="ada.mp4")
        store(file=film(), purpose="lesson", by=people.ada)
        assert delete_of(owner=people.ada) == 1
        kept.refresh_from_db()
        assert (kept.owner_id, kept.original_name, kept.deleted_at) == (None, "", None)
