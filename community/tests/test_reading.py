"""Lists are in the languages that their reader reads, and say what else there is."""

import re

import pytest

from courses.operations import create_course, publish_course
from forum import operations as talking

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def both(ada, ben, worker):
    """One course and one question in each language, and a second Chinese question that only members see."""
    for title, language in (("Lantern making", "en"), ("Lantern 灯笼入门", "zh-hans")):
        publish_course(course=create_course(by=ada, title=title, language=language, summary="·"), by=ada)
    talking.ask(by=ben, title="Which lantern paper?", source="·", audience=["public"], language="en")
    talking.ask(by=ben, title="Lantern 用什么纸？", source="·", audience=["public"], language="zh-hans")
    talking.ask(by=ben, title="Lantern 内部的问题", source="·", audience=["members"], language="zh-hans")
    worker()


def also(html):
    part = re.search(r'<p class="soft also">(.*?)</p>', html, re.DOTALL)
    found = re.findall(r'href="(\?[^"]+)">([^<]+)<', part[1]) if part else []
    return [(url.replace("&amp;", "&"), words) for url, words in found]


def titles(html):
    return re.findall(
        r"Lantern making|Lantern 灯笼入门|Which lantern paper\?|Lantern 用什么纸？|Lantern 内部的问题", html
    )


def test_a_guest_reads_the_community_in_the_language_of_the_page(page_of):
    html = page_of().get("/community/").content.decode()
    assert set(titles(html)) == {"Which lantern paper?"}
    assert also(html) == [("?in=zh-hans", "also in Chinese (1)")]


@pytest.mark.leak
def test_the_number_counts_what_this_reader_may_see(page_of, cleo):
    assert also(page_of(cleo).get("/community/").content.decode()) == [("?in=zh-hans", "also in Chinese (2)")]


def test_the_link_leads_to_what_was_counted(page_of, cleo):
    page = page_of(cleo)
    [(url, _)] = also(page.get("/community/?kind=question").content.decode())
    assert url == "?kind=question&in=zh-hans"
    assert set(titles(page.get(f"/community/{url}").content.decode())) == {"Lantern 用什么纸？", "Lantern 内部的问题"}


def test_who_reads_both_sees_both_and_no_note(page_of, cleo):
    cleo.languages_read = ["en", "zh-hans"]
    cleo.save()
    html = page_of(cleo).get("/community/").content.decode()
    assert (len(set(titles(html))), also(html)) == (3, [])


def test_what_one_wrote_is_there_in_every_language(page_of, ben):
    html = page_of(ben).get("/community/?show=mine").content.decode()
    assert len(set(titles(html))) == 3


def test_the_catalogue_puts_what_one_reads_first(page_of):
    html = page_of().get("/courses/").content.decode()
    assert list(dict.fromkeys(titles(html))) == ["Lantern making", "Lantern 灯笼入门"]
    assert also(html) == [("?in=zh-hans", "also in Chinese (1)")]
    other = page_of().get("/courses/?in=zh-hans").content.decode()
    assert list(dict.fromkeys(titles(other))) == ["Lantern 灯笼入门", "Lantern making"]


def test_the_feed_says_how_many_courses_there_are_in_the_other(page_of, cleo):
    html = page_of(cleo).get("/").content.decode()
    part = re.search(r'<p class="soft also">.*?href="([^"]+)">([^<]+)<', html, re.DOTALL)
    assert part.groups() == ("/courses/?in=zh-hans", "also in Chinese (1)")
    assert titles(page_of(cleo).get(part[1]).content.decode())[0] == "Lantern 灯笼入门"


def test_search_puts_what_one_reads_first(page_of, cleo):
    response = page_of(cleo).get("/search/?q=lantern")
    languages = [hit.language for hit in response.context["page"].hits]
    assert languages == sorted(languages)
    assert (languages.count("en"), languages.count("zh-hans")) == (2, 3)
    assert also(response.content.decode()) == [("?q=lantern&in=zh-hans", "also in Chinese (3)")]


@pytest.mark.parametrize("path", ["/community/", "/courses/", "/search/?q=lantern"])
def test_it_costs_the_same_for_more(page_of, ben, ada, cleo, worker, path, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page = page_of(cleo)
    page.get(path)
    with CaptureQueriesContext(connection) as few:
        page.get(path)
    for number in range(3):
        talking.ask(by=ben, title=f"Lantern number {number}", source="·", audience=["public"], language="en")
        publish_course(course=create_course(by=ada, title=f"Lantern {number}", language="en", summary="·"), by=ada)
    worker()
    with CaptureQueriesContext(connection) as many:
        page.get(path)
    assert len(many) == len(few)


def test_the_home_page_counts_a_course_in_another_language_as_soon_as_it_is_there(page_of, ada, cleo):
    page = page_of(cleo)
    seen = []
    for title in ("灯笼骨架", "灯笼上色"):
        seen.append(re.findall(r"also in Chinese \((\d+)\)", page.get("/").content.decode()))
        publish_course(course=create_course(by=ada, title=title, language="zh-hans", summary="·"), by=ada)
    seen.append(re.findall(r"also in Chinese \((\d+)\)", page.get("/").content.decode()))
    assert seen == [["1"], ["2"], ["3"]]
