"""What search engines and link previews get: everything that a guest may read, and nothing else."""

import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.utils import translation
from PIL import Image

from community.models import LegalText, School
from core.ui.pictures import draw_share_picture
from courses.operations import add_lesson, change_slug, create_course, publish_course
from forum import operations as talking

pytestmark = pytest.mark.django_db
NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def world(ada, ben, settings):
    settings.SITE_URL = "https://school.test"
    School.objects.create(name_zh="提灯学社", name_en="Lantern School", tagline_en="A light that stays on")
    LegalText.objects.create(kind="terms", language="en", source="Be kind.")
    course = create_course(by=ada, title="Coffee from nothing", language="en", slug="coffee", summary="Seven cups.")
    free = add_lesson(course=course, section="One", title="The bean", source="A bean.", is_preview=True)
    paid = add_lesson(course=course, section="One", title="The secret roast", source="Hot.")
    publish_course(course=course, by=ada)
    draft = create_course(by=ada, title="A secret course", language="en", slug="draft")
    open_one = talking.ask(by=ben, title="How fine?", source="It runs </script> through.", audience=["public"])
    answer = talking.answer(question=open_one, by=ada, source="Two steps finer.")
    talking.accept_answer(answer=answer, by=ben)
    closed = talking.ask(by=ben, title="A secret question", source="Among us.", audience=["members"])
    return {"course": course, "free": free, "paid": paid, "draft": draft, "open": open_one, "closed": closed}


def head(html):
    return html.partition("<head>")[2].partition("</head>")[0]


def linked(html):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])


@pytest.mark.leak
def test_the_sitemap_is_what_a_guest_may_read(page_of, world):
    tree = ET.fromstring(page_of().get("/sitemap.xml").content)
    found = [one.find(f"{NS}loc").text.removeprefix("https://school.test") for one in tree]
    assert sorted(found) == sorted(
        [
            "/",
            "/courses/",
            "/community/",
            "/legal/terms/",
            "/courses/coffee/",
            f"/courses/coffee/{world['free'].pk}/",
            f"/t/{world['open'].pk}-{world['open'].slug}/",
        ]
    )


def test_each_address_of_the_sitemap_answers(page_of):
    page = page_of()
    tree = ET.fromstring(page.get("/sitemap.xml").content)
    paths = [one.find(f"{NS}loc").text.removeprefix("https://school.test") for one in tree]
    assert {path: page.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


@pytest.mark.leak
def test_robots_do_not_learn_where_the_desk_is(page_of, settings):
    text = page_of().get("/robots.txt").content.decode()
    assert "Sitemap: https://school.test/sitemap.xml" in text
    assert "Disallow: /settings/" in text
    assert settings.ADMIN_PATH not in text


def test_a_page_names_its_one_address_and_its_languages(page_of):
    html = head(page_of().get("/courses/coffee/?utm=x").content.decode())
    assert '<link rel="canonical" href="https://school.test/courses/coffee/">' in html
    found = re.findall(r'hreflang="([\w-]+)" href="([^"]+)"', html)
    assert found == [(code, f"https://school.test/courses/coffee/?lang={code}") for code in ("zh-hans", "en")]


def test_a_crawler_gets_the_language_that_it_asks_for(page_of):
    html = page_of().get("/courses/?lang=zh-hans").content.decode()
    assert '<html lang="zh-hans"' in html
    assert '<link rel="canonical" href="https://school.test/courses/?lang=zh-hans">' in html


def test_a_course_says_what_it_is(page_of, world):
    html = page_of().get("/courses/coffee/").content.decode()
    data = linked(html)
    assert (data["@type"], data["name"], data["description"]) == ("Course", "Coffee from nothing", "Seven cups.")
    assert f'content="https://school.test/picture/course/{world["course"].pk}.png"' in head(html)
    assert '<meta name="description" content="Seven cups.">' in head(html)


def test_a_question_says_what_it_is_and_how_it_was_answered(page_of, world):
    html = page_of().get(world["open"].get_absolute_url()).content.decode()
    question = linked(html)["mainEntity"]
    assert (question["name"], question["acceptedAnswer"]["text"]) == ("How fine?", "Two steps finer.")
    assert "through." in question["text"]


def test_pages_have_titles_of_their_own(page_of, world):
    paths = [
        "/",
        "/courses/",
        "/community/",
        "/courses/coffee/",
        world["open"].get_absolute_url(),
        "/legal/terms/",
        "/search/",
    ]
    titles = [
        re.search(r"<title>(.*?)</title>", page_of().get(path).content.decode(), re.DOTALL)[1].strip() for path in paths
    ]
    assert len(set(titles)) == len(paths)


class TestPictures:
    def test_it_is_a_png_of_the_size_that_previews_show(self, page_of, world):
        response = page_of().get(f"/picture/course/{world['course'].pk}.png")
        picture = Image.open(io.BytesIO(response.content))
        assert (response["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (1200, 630))
        assert len(response.content) < 300_000

    def test_it_is_kept_by_what_it_shows(self, page_of, world):
        page, address = page_of(), f"/picture/course/{world['course'].pk}.png"
        first = page.get(address)["ETag"]
        assert page.get(address, headers={"if-none-match": first}).status_code == 304
        type(world["course"]).objects.update(title="Tea from nothing")
        assert page.get(address, headers={"if-none-match": first}).status_code == 200

    def test_other_titles_other_pictures(self):
        drawn = [
            draw_share_picture(title=title, school="S")
            for title in ("Coffee from nothing", "从零开始的咖啡", "Coffee from nothing")
        ]
        assert drawn[0] == drawn[2] != drawn[1]

    @pytest.mark.leak
    def test_what_a_guest_may_not_see_has_none(self, page_of, world, ben):
        hidden = {"course": world["draft"], "lesson": world["paid"], "thread": world["closed"]}
        for kind, thing in hidden.items():
            assert page_of(ben).get(f"/picture/{kind}/{thing.pk}.png").status_code == 404
        shown = {"course": world["course"], "lesson": world["free"], "thread": world["open"]}
        for kind, thing in shown.items():
            assert page_of().get(f"/picture/{kind}/{thing.pk}.png").status_code == 200


class TestOldAddresses:
    def test_of_a_course(self, page_of, world):
        change_slug(course=world["course"], slug="coffee-again")
        response = page_of().get("/courses/coffee/")
        assert (response.status_code, response["Location"]) == (301, "/courses/coffee-again/")

    def test_of_a_thread(self, page_of, world):
        response = page_of().get(f"/t/{world['open'].pk}-what-it-was-called/")
        assert (response.status_code, response["Location"]) == (301, world["open"].get_absolute_url())


def test_the_picture_of_the_school(page_of):
    with translation.override("en"):
        assert page_of().get("/picture.png").status_code == 200
