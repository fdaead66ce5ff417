"""What is taken, what is not, and what is left of it."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from core.events import outbox
from core.media import purposes
from core.media.models import Asset
from core.media.operations import delete, delete_of, store
from core.media.pictures import Crop
from core.media.purposes import Kind, Limits, UnknownPurpose
from core.media.refusals import UploadRefused
from core.media.tasks import sweep_orphans

pytestmark = pytest.mark.django_db


def body_of(asset):
    with asset.open() as file:
        return file.read()


def opened(asset):
    return Image.open(BytesIO(body_of(asset)))


def files(settings):
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


class TestPictures:
    @pytest.mark.parametrize(
        ("form", "kept"), [("JPEG", "image/jpeg"), ("PNG", "image/webp"), ("WEBP", "image/webp"), ("GIF", "image/webp")]
    )
    def test_a_picture_is_written_anew(self, picture, people, form, kept):
        asset = store(file=picture(form=form), purpose="lesson", by=people.ada)
        assert (asset.kind, asset.content_type, asset.width, asset.height) == ("image", kept, 80, 40)
        assert opened(asset).size == (80, 40)
        assert asset.size == len(body_of(asset))

    def test_names_on_the_disk_tell_nothing(self, picture, settings):
        file = picture()
        file.name = "../../cleo secret.php"
        asset = store(file=file, purpose="lesson")
        [path] = files(settings)
        assert path.suffix == ".webp"
        assert "cleo" not in str(path.relative_to(settings.MEDIA_ROOT))
        assert len(path.stem) == 24
        assert asset.original_name == "cleo secret.php"

    def test_what_a_camera_notes_is_dropped(self, picture, settings):
        exif = Image.Exif()
        exif[0x010F] = "CameraOfCleo"
        exif.get_ifd(0x8825)[1] = "N"
        store(file=picture(form="JPEG", exif=exif.tobytes(), comment=b"home address"), purpose="lesson")
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", "CameraOfCleo home address")
        store(file=picture(form="PNG", pnginfo=info), purpose="lesson")
        for path in files(settings):
            assert b"CameraOfCleo" not in path.read_bytes()
            assert b"home address" not in path.read_bytes()
            assert not Image.open(BytesIO(path.read_bytes())).getexif()

    def test_what_hangs_behind_a_picture_is_dropped(self, picture, settings):
        body = picture(form="JPEG").getvalue() + b"<script>alert(1)</script>"
        store(file=BytesIO(body), purpose="lesson")
        assert b"<script>" not in files(settings)[0].read_bytes()

    def test_a_picture_lying_on_its_side_is_turned(self, picture):
        exif = Image.Exif()
        exif[0x0112] = 6
        asset = store(file=picture((80, 40), form="JPEG", exif=exif.tobytes()), purpose="lesson")
        assert (asset.width, asset.height) == (40, 80)

    def test_a_large_picture_is_made_smaller(self, picture):
        asset = store(file=picture((4_000, 1_000)), purpose="lesson")
        assert (asset.width, asset.height) == (2_400, 600)

    def test_glass_stays_glass(self, picture):
        asset = store(file=picture(mode="RGBA", color=(0, 0, 0, 0)), purpose="lesson")
        assert opened(asset).convert("RGBA").getpixel((5, 5))[3] == 0

    def test_a_face_is_square(self, picture, people):
        asset = store(file=picture((300, 100)), purpose="face", by=people.ada)
        assert (asset.width, asset.height) == (64, 64)

    @pytest.mark.parametrize(
        ("crop", "color"), [(Crop(left=0, top=0, side=0.25), "left"), (Crop(left=0.75, top=0, side=0.25), "right")]
    )
    def test_the_chosen_square_is_kept(self, people, crop, color):
        image = Image.new("RGB", (400, 100), (250, 0, 0))
        image.paste((0, 0, 250), (200, 0, 400, 100))
        body = BytesIO()
        image.save(body, "PNG")
        body.seek(0)
        red, _green, blue = (
            opened(store(file=body, purpose="face", by=people.ada, crop=crop)).convert("RGB").getpixel((32, 32))
        )
        assert (red > blue) is (color == "left")

    @pytest.mark.parametrize(
        "crop", [Crop(left=-5, top=9, side=7), Crop(left=0, top=0, side=0), Crop(left=1, top=1, side=1)]
    )
    def test_a_senseless_square_is_brought_inside(self, picture, people, crop):
        assert store(file=picture(), purpose="face", by=people.ada, crop=crop).width == 64


class TestRefusals:
    def refused(self, body, *, purpose="lesson", by=None):
        with pytest.raises(UploadRefused) as refusal:
            store(file=body if hasattr(body, "read") else BytesIO(body), purpose=purpose, by=by)
        assert Asset.objects.count() == 0
        return refusal.value.messages[0]

    @pytest.mark.parametrize(
        "body",
        [
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
            b"\xff\xd8\xff\xe0" + b"x" * 500,
            b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        ],
        ids=["gif", "png", "jpeg", "webp"],
    )
    def test_half_a_picture(self, body, settings):
        assert self.refused(body) in {
            "This picture cannot be read. Save it as JPEG, PNG or WebP and try again.", "Files of this type are not taken here.",
        }  # fmt: skip
        assert files(settings) == []

    @pytest.mark.parametrize(
        "body",
        [b"MZ\x90\x00", b"\x7fELF", b"PK\x03\x04", b"<html><script>alert(1)</script>", b"#!/bin/sh", b"BM", b"II*\x00", b"%!PS",
         b"8BPS", b"just words", b"<?php ?>", b"\x1f\x8b\x08", b"<?xml version='1.0'?><x/>"],
    )  # fmt: skip
    def test_other_types(self, body):
        assert self.refused(body + b"\0" * 300) == "Files of this type are not taken here."

    def test_the_name_and_the_sent_type_count_for_nothing(self):
        file = SimpleUploadedFile("holiday.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")
        assert self.refused(file) == "Files of this type are not taken here."

    def test_a_picture_for_a_film(self, film):
        assert self.refused(film(), purpose="face") == "Files of this type are not taken here."

    def test_too_many_pixels_are_refused_before_they_are_decoded(self, picture, monkeypatch):
        monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("was decoded"))
        body = self.bomb(60_000, 60_000)
        assert self.refused(body) in {
            "This picture has too many pixels: at most 25 million.",
            "This picture cannot be read. Save it as JPEG, PNG or WebP and try again.",
        }
        assert self.refused(self.bomb(5_001, 5_000)) == "This picture has too many pixels: at most 25 million."

    def bomb(self, width, height):
        import struct
        import zlib

        def chunk(name, data):
            return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(b"\0" * 1_000))
            + chunk(b"IEND", b"")
        )

    def test_moving_pictures(self):
        frames = [Image.new("RGB", (9, 9), (shade, 0, 0)) for shade in (0, 200)]
        body = BytesIO()
        frames[0].save(body, "GIF", save_all=True, append_images=frames[1:])
        assert self.refused(body.getvalue()) == "Moving pictures are not taken."

    def test_size_is_counted_while_reading(self, monkeypatch):
        class Endless:
            name = "endless.mp4"
            read_so_far = 0

            def read(self, count):
                self.read_so_far += count
                return b"\0" * count

        endless = Endless()
        assert self.refused(endless, purpose="post") == "This file is too large: at most 8 MB."
        assert endless.read_so_far <= 8 * 1024 * 1024 + 65_536

    def test_nothing(self):
        assert self.refused(b"") == "This file is empty."

    def test_captions_that_are_no_text(self):
        assert (
            self.refused(b"WEBVTT\n\n\xff\xfe\xff")
            == "These captions cannot be read. Save them as UTF-8 and try again."
        )

    def test_a_full_disk_leaves_nothing(self, picture, settings, monkeypatch):
        def full(self, name, content):
            path = Path(self.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", full)
        assert self.refused(picture()).startswith("The file could not be stored.")
        assert files(settings) == []

    def test_a_purpose_that_nobody_knows(self, picture):
        with pytest.raises(UnknownPurpose):
            store(file=picture(), purpose="nothing")


class TestQuotas:
    def test_so_many_files_and_no_more(self, picture, people):
        for _ in range(3):
            store(file=picture(), purpose="face", by=people.ben)
        with pytest.raises(UploadRefused, match="room for files is full"):
            store(file=picture(), purpose="face", by=people.ben)
        assert store(file=picture(), purpose="face", by=people.ada).owner == people.ada

    def test_what_is_deleted_makes_room(self, picture, people):
        assets = [store(file=picture(), purpose="face", by=people.ben) for _ in range(3)]
        delete(asset=assets[0])
        assert store(file=picture(), purpose="face", by=people.ben).pk

    def test_bytes_are_counted(self, film, people, rights):
        limits = Limits(kinds=frozenset({Kind.VIDEO}), quota=25_000)
        purposes.register("films", limits=limits, may_read=lambda viewer, asset: False)
        store(file=film(), purpose="films", by=people.ben)
        store(file=film(), purpose="films", by=people.ben)
        with pytest.raises(UploadRefused, match="room for files is full"):
            store(file=film(), purpose="films", by=people.ben)


class TestDeleting:
    def test_a_deleted_file_is_gone_once_the_outbox_has_run(self, picture, people, settings):
        asset = store(file=picture(), purpose="lesson", by=people.ben)
        delete(asset=asset)
        delete(asset=asset)
        assert len(files(settings)) == 1
        outbox.relay()
        asset.refresh_from_db()
        assert (files(settings), asset.original_name, asset.deleted_at is not None) == ([], "", True)

    def test_all_files_of_a_person_go_with_them(self, picture, people, settings):
        for owner in (people.ben, people.ben, people.ada):
            store(file=picture(), purpose="lesson", by=owner)
        assert delete_of(owner=people.ben) == 2
        outbox.relay()
        assert len(files(settings)) == 1

    def test_files_without_a_row_are_swept_when_they_are_old(self, picture, settings):
        import os

        kept = store(file=picture(), purpose="lesson")
        store(file=picture(), purpose="lesson")
        Asset.objects.exclude(pk=kept.pk).delete()
        assert sweep_orphans() == 0
        for path in files(settings):
            os.utime(path, (0, 0))
        assert sweep_orphans() == 1
        assert [path.name for path in files(settings)] == [kept.stored_name.split("/")[1]]


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


class TestDrawings:
    def test_shapes_and_words_are_kept(self, settings):
        source = SVG.format(
            '<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
            '<g transform="translate(3 4) rotate(-5)" fill="url(#a)"><path d="M0 0L9 9Z"/><text x="1" y="2">字 &lt; 3</text></g>'
        )
        asset = store(file=BytesIO(source.encode()), purpose="lesson")
        kept = body_of(asset).decode()
        assert (asset.kind, asset.content_type) == ("figure", "image/svg+xml")
        assert "字 &lt; 3" in kept
        assert 'transform="translate(3 4) rotate(-5)"' in kept

    def test_the_course_of_the_demo_is_taken(self, settings):
        found = list((settings.BASE_DIR / "community" / "demo" / "content").rglob("*.svg"))
        assert found
        for path in found:
            assert store(file=BytesIO(path.read_bytes()), purpose="lesson").kind == "figure"

    @pytest.mark.parametrize(
        "inner",
        ["<script>alert(1)</script>", '<g onload="alert(1)"/>', '<a href="javascript:alert(1)"><path d=""/></a>',
         '<image href="https://evil.test/x.png"/>', '<use href="https://evil.test/x.svg#a"/>', "<style>*{}</style>",
         '<use xlink:href="#a"/>', "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
         '<animate attributeName="href" values="javascript:alert(1)"/>', '<set attributeName="onload" to="alert(1)"/>',
         '<rect fill="url(https://evil.test/x)"/>', '<rect fill="url(\'//evil.test\')"/>', '<rect style="fill:red"/>',
         '<rect fill="expression(alert(1))"/>', '<rect fill="var(--x)"/>', '<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>',
         '<iframe src="x"/>', '<rect fill="u\\72l(//evil.test)"/>', "<?php x ?><handler/>", '<rect class="x"/>'],
    )  # fmt: skip
    def test_anything_else_is_not(self, inner):
        with pytest.raises(UploadRefused, match="more than shapes and words"):
            store(file=BytesIO(SVG.format(inner).encode()), purpose="lesson")

    @pytest.mark.parametrize(
        "source",
        ['<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG.format("&b;"),
         '<?xml version="1.0"?><!DOCTYPE svg SYSTEM "file:///etc/passwd">' + SVG.format(""),
         '<?xml version="1.0"?><?xml-stylesheet href="//evil.test/x.css"?>' + SVG.format(""),
         "<svg>no namespace</svg>", "<svg", SVG.format("<g>" * 5_001 + "</g>" * 5_001), SVG.format("<g/>" + " " * 200_000)],
        ids=["entities", "external", "stylesheet", "no namespace", "broken", "many", "long"],
    )  # fmt: skip
    def test_documents_that_could_cost_or_reach_out(self, source):
        with pytest.raises(UploadRefused):
            store(file=BytesIO(source.encode()), purpose="lesson")

    def test_no_upload_takes_drawings(self, people):
        with pytest.raises(ValueError, match="not taken from uploads"):
            purposes.register(
                "x",
                limits=Limits(kinds=frozenset({Kind.FIGURE})),
                may_read=lambda v, a: True,
                may_upload=lambda user: True,
            )
        with pytest.raises(UploadRefused):
            store(file=BytesIO(SVG.format("").encode()), purpose="post", by=people.ben)


@pytest.mark.slow
@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")])
def test_the_largest_picture_costs_two_seconds_and_256_mebibytes_at_most(picture, tmp_path, form, mode):
    import subprocess
    import sys

    path = tmp_path / "largest"
    path.write_bytes(picture((5_000, 5_000), form=form, mode=mode, color=(200, 30, 30, 9)[: len(mode)]).getvalue())
    script = (
        "import resource, sys, time\n"
        "import django; django.setup()\n"
        "from core.media.pictures import Crop, written_anew\n"
        "from core.media.purposes import Limits\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "started = time.process_time()\n"
        "written_anew(open(sys.argv[1], 'rb'), limits=Limits(square=256), crop=Crop(left=.1, top=.1, side=.5))\n"
        "spent = time.process_time() - started\n"
        "print(spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    spent, mebibytes = map(float, done.stdout.split())
    assert spent <= 2
    assert mebibytes <= 256
