"""What a page weighs on its way to a phone."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from community.rules import NEXT_CARDS
from courses import operations as teaching
from forum import operations as talking

pytestmark = pytest.mark.django_db

MOST_CODE = 60_000
MOST_HTML = 60_000
MOST_PACKED = 15_000
LONG_TITLE = "A title that is as long as titles are when somebody wants to be quite sure to be understood by all"


def files_of(html):
    """The style sheets and scripts that a page needs: named in it, imported by what is named, or behind an element in it."""
    modules = json.loads(re.search(r'<script type="importmap">(.*?)</script>', html)[1])["imports"]
    found = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html) + re.findall(r'<script[^>]* src="([^"]+)"', html)
    waiting = [name for name in modules if name.startswith("elements/") and f"<{name[9:]}" in html]
    waiting += [name for name, address in modules.items() if address in found]
    seen = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            found.append(modules[name])
            waiting += [one for one in re.findall(r'from "([\w/-]+)"', body_of(modules[name])) if one in modules]
    return sorted(set(found))


def body_of(address):
    path = finders.find(address.removeprefix("/static/").split("?")[0])
    assert path, address
    return Path(path).read_text(encoding="utf-8")


def weight(html):
    return {address: len(gzip.compress(body_of(address).encode())) for address in files_of(html)}


@pytest.fixture
def full_lists(ada, ben, member):
    """Twenty-five threads and as many courses, each with a long title; by several, since a feed shows few things of one."""
    for number in range(25):
        ada, ben = (member(f"{name}{number}") for name in ("Teacher", "Asker")) if number % 3 == 0 else (ada, ben)
        course = teaching.create_course(by=ada, title=f"{LONG_TITLE} {number}", language="en", summary=LONG_TITLE * 3)
        teaching.publish_course(course=course, by=ada)
        talking.ask(by=ben, title=f"{LONG_TITLE} {number}", source=LONG_TITLE * 3, audience=["public", "members"])


@pytest.mark.parametrize("path", ["/", "/courses/", "/community/", "/learning/", "/notifications/"])
def test_style_sheets_and_scripts_are_light(path, full_lists, ben, page_of):
    html = page_of(ben).get(path).content.decode()
    found = weight(html)
    assert len(found) > 8
    assert sum(found.values()) <= MOST_CODE, found


@pytest.mark.parametrize("path", ["/", "/courses/", "/community/", "/learning/", "/notifications/"])
def test_a_full_list_is_light(path, full_lists, ben, page_of):
    assert len(page_of(ben).get(path).content) <= MOST_HTML


def test_so_is_more_of_the_feed(full_lists, ben, page_of):
    page = page_of(ben)
    part = page.get(page.get("/").context["part_url"], headers={"hx-request": "true"})
    assert (len(part.context["feed"]), len(part.content) <= MOST_HTML) == (NEXT_CARDS, True)


def test_on_the_wire_a_page_is_packed(full_lists, ben, page_of):
    """For a browser that says that it can unpack it; all of the feed costs hardly more than its beginning then."""
    page = page_of(ben)
    plain, packed = (page.get("/?cards=40", headers={"accept-encoding": how}) for how in ("identity", "gzip, br"))
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert "<!doctype html>" in gzip.decompress(packed.content).decode().lower()
    assert len(packed.content) <= MOST_PACKED < len(plain.content)
