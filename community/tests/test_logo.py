"""The logo and the footer of a school: sent, checked, shown wherever the school is, taken away."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from community import operations
from community.context import school_in_mails
from community.models import LegalText, School
from community.opening import tokens
from core.media.models import Asset
from core.privacy.operations import erase
from core.ui.pictures import draw_share_picture
from core.web import mail

pytestmark = pytest.mark.django_db
DESK = "admin:community_school_change"
WORDS = {
    "name_zh": "提灯学社", "name_en": "Lantern School", "accent": "plum", "language": "en", "currency": "CNY", "tagline_zh": "",
    "tagline_en": "", "promise_zh": "", "promise_en": "", "for_whom_zh": "", "for_whom_en": "", "footer_zh": "", "footer_en": "",
    "icp": "", "police_no": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def school():
    return School.objects.create(name_zh="提灯学社", name_en="Lantern School", accent="plum")


def drawing(size=(900, 300), color="#123456", kind="PNG"):
    body = BytesIO()
    Image.new("RGB", size, color).save(body, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", body.getvalue())


def picture(response):
    return Image.open(BytesIO(response.getvalue()))


def is_blue(pixel):
    return max(abs(one - other) for one, other in zip(pixel[:3], (0x12, 0x34, 0x56), strict=True)) < 8


def saved(page, **fields):
    return page.post(reverse(DESK, args=["True"]), WORDS | fields, follow=True)


class TestAtTheDesk:
    def test_the_owner_sends_one_and_every_page_shows_it_whole(self, desk_of, page_of, eli, cleo):
        saved(desk_of(eli), logo=drawing())
        found = School.objects.get()
        bar = page_of(cleo).get("/courses/").content.decode().partition("<header")[2].partition("</header>")[0]
        assert f'<img src="{found.logo_url}" alt="" width="512" height="171">' in bar
        assert "brand-mark" not in bar
        assert is_blue(picture(page_of().get(found.logo_url)).convert("RGB").getpixel((5, 5)))

    def test_it_is_written_anew(self, desk_of, page_of, eli):
        body = BytesIO()
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        Image.new("RGB", (64, 64), "red").save(body, "JPEG", exif=exif)
        saved(desk_of(eli), logo=SimpleUploadedFile("logo.jpg", body.getvalue()))
        with Asset.objects.get(purpose="logo").open() as file:
            assert b"taken at home" in body.getvalue()
            assert b"taken at home" not in file.read()

    @pytest.mark.parametrize("content", [b"<svg onload='go()'/>", b"GIF89a broken", b"%PDF-1.7"])
    def test_what_is_no_picture_is_refused_and_the_words_stay(self, desk_of, page_of, eli, content):
        html = saved(desk_of(eli), logo=SimpleUploadedFile("logo.png", content), tagline_en="Kept").content.decode()
        assert "This picture cannot be read" in html
        assert 'value="Kept"' in html
        assert (School.objects.get().logo_key, Asset.objects.count()) == ("", 0)

    def test_another_takes_its_place_and_none_brings_the_letter_back(self, desk_of, page_of, eli):
        page = desk_of(eli)
        saved(page, logo=drawing())
        first = School.objects.get().logo_key
        saved(page, logo=drawing(color="red"))
        assert Asset.objects.get(key=first).deleted_at is not None
        saved(page, **{"logo-clear": "on"})
        assert School.objects.get().logo_key == ""
        assert not Asset.objects.filter(deleted_at=None).exists()
        assert 'data-initial="L"' in page.get("/courses/").content.decode()

    def test_other_words_leave_it_alone(self, desk_of, page_of, eli):
        page = desk_of(eli)
        saved(page, logo=drawing())
        key = School.objects.get().logo_key
        saved(page, tagline_en="A light that stays on")
        assert (School.objects.get().logo_key, School.objects.get().tagline_en) == (key, "A light that stays on")

    @pytest.mark.leak
    def test_nobody_else_sends_one(self, desk_of, ada, dora):
        for member in (ada, dora):
            saved(desk_of(member), logo=drawing())
        assert School.objects.get().logo_key == ""

    def test_it_stays_when_whoever_sent_it_leaves(self, eli):
        operations.change_logo(file=drawing(), by=eli)
        erase(user_id=eli.pk)
        assert Asset.objects.get(deleted_at=None).owner is None


class TestWhereItIsShown:
    def test_in_a_letter_as_png_at_half_of_its_pixels(self, desk_of, page_of, eli, settings):
        operations.change_logo(file=drawing(), by=eli)
        html = mail.render(
            template="accounts/mail/welcome",
            context={"action_url": "https://school.test/", "name": "Ben"},
            language="en",
        ).html
        source, width, height = re.search(r'<img src="([^"]+)" alt="" width="(\d+)" height="(\d+)"', html).groups()
        response = page_of().get(source.removeprefix(settings.SITE_URL))
        found = picture(response)
        assert source.startswith(settings.SITE_URL)
        assert (found.format, found.width >= 2 * int(width) - 2, int(height)) == ("PNG", True, 48)

    def test_without_one_a_letter_carries_the_first_letter_of_the_name(self):
        html = mail.render(
            template="accounts/mail/welcome",
            context={"action_url": "https://school.test/", "name": "Ben"},
            language="zh-hans",
        ).html
        assert "<img" not in html
        assert re.search(r'class="mark"[^>]*><font[^>]*><b>提</b>', html)

    def test_in_the_tab_and_on_the_home_screen(self, desk_of, page_of, eli):
        drawn = picture(page_of().get("/icon/192.png")).convert("RGBA")
        operations.change_logo(file=drawing(), by=eli)
        html = page_of().get("/courses/").content.decode()
        icons = re.findall(r'<link rel="(icon|apple-touch-icon)" href="([^"?]+)\?', html)
        assert icons == [("icon", "/icon/192.png"), ("apple-touch-icon", "/icon/180.png")]
        shown = picture(page_of().get("/icon/192.png")).convert("RGBA")
        assert (drawn.size, shown.size) == ((192, 192), (192, 192))
        assert drawn.getpixel((20, 96))[:3] == (0xB0, 0x37, 0x1E)
        assert is_blue(shown.getpixel((96, 96)))
        assert shown.getpixel((96, 10))[3] == 0, "a wide one is not cut"

    @pytest.mark.parametrize("size", [1, 191, 100_000])
    def test_other_sizes_are_not_drawn(self, page_of, size):
        assert page_of().get(f"/icon/{size}.png").status_code == 404

    def test_in_the_picture_of_a_shared_link(self, desk_of, page_of, eli):
        before = page_of().get("/picture.png")
        operations.change_logo(file=drawing(), by=eli)
        after = page_of().get("/picture.png")
        assert before["ETag"] != after["ETag"]
        at = (100, 630 - 84 - 26)
        assert not is_blue(picture(before).convert("RGB").getpixel(at))
        assert is_blue(picture(after).convert("RGB").getpixel(at))

    def test_a_machine_without_a_serif_writes_in_the_font_that_is_there(self, monkeypatch):
        from core.ui import pictures

        monkeypatch.setattr(pictures, "FONTS", ())
        pictures._font_file.cache_clear()
        draw_share_picture.cache_clear()
        try:
            assert draw_share_picture(title="夜里也亮着", school="提") != draw_share_picture(
                title="夜里也亮着", school="灯"
            )
        finally:
            pictures._font_file.cache_clear()
            draw_share_picture.cache_clear()

    def test_a_receipt_can_have_it(self, eli):
        operations.change_logo(file=drawing(), by=eli)
        assert school_in_mails("en")["open_logo"]()[:4] == b"RIFF"


class TestOpening:
    SAID = {
        "school": "Paper Boats", "language": "en", "currency": "USD", "accent": "plum", "name": "Eli Yi",
        "email": "eli@boats.test", "password": "seven boats on a pond",
    }  # fmt: skip

    @pytest.fixture(autouse=True)
    def school(self, db):
        """None yet."""

    def test_the_first_page_takes_it(self, page_of):
        page_of().post(f"/open/{tokens.new_token()}/", {**self.SAID, "logo": drawing()})
        assert (School.objects.get().logo_key, School.objects.get().logo_width) == (Asset.objects.get().key, 512)

    def test_what_is_no_picture_opens_nothing_and_keeps_the_words(self, page_of):
        answer = page_of().post(
            f"/open/{tokens.new_token()}/", {**self.SAID, "logo": SimpleUploadedFile("x.png", b"not a picture")}
        )
        assert (answer.status_code, School.objects.exists()) == (422, False)
        assert "Paper Boats" in answer.content.decode()
        assert "Files of this type are not taken here." in answer.content.decode()


class TestTheFoot:
    def foot(self, page):
        return page.get("/courses/").content.decode().partition("<footer")[2].partition("</footer>")[0]

    def test_it_is_the_schools_own_text_in_both_languages(self, desk_of, page_of, eli):
        saved(
            desk_of(eli),
            footer_zh="晚八点到九点**接电话**",
            footer_en="We *answer* at eight. <b>raw</b>",
            icp="京ICP备1号",
            police_no="京公网安备1号",
        )
        english, chinese = self.foot(page_of()), self.foot(Client(headers={"accept-language": "zh-CN"}))
        assert "<p>We <em>answer</em> at eight." in english
        assert "<b>raw</b>" not in english
        assert 'lang="zh-hans"><p>晚八点到九点<strong>接电话</strong></p>' in chinese
        assert [number in foot for foot in (english, chinese) for number in ("京ICP备1号", "京公网安备1号")] == [
            True
        ] * 4

    def test_one_that_is_written_in_one_language_says_which(self, desk_of, page_of, eli):
        saved(desk_of(eli), footer_zh="晚八点到九点接电话")
        assert 'lang="zh-hans"><p>晚八点到九点接电话</p>' in self.foot(page_of())

    def test_a_long_one_is_refused(self, desk_of, page_of, eli):
        saved(desk_of(eli), footer_en="word " * 200)
        assert School.objects.get().footer_en == ""

    def test_it_leads_to_every_text_that_binds(self, page_of):
        found = re.findall(r'href="(/legal/[\w/]+)"', self.foot(page_of()))
        assert found == [f"/legal/{kind}/" for kind in LegalText.Kind.values]
