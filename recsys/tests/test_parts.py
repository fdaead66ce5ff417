"""More of the feed comes a part at a time: all of it, in one order, nothing twice, and only what was shown is noted."""

import re
from datetime import timedelta
from html import unescape
from importlib import import_module
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.rules import FIRST_CARDS, NEXT_CARDS
from courses import operations as courses
from forum import operations as forum
from forum.models import Thread
from recsys import operations, queries, rules
from recsys.models import Impression, TopicWish
from recsys.rules import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]

MORE = re.compile(r'<p class="feed-more"><a [^>]*href="([^"]+)"[^>]*hx-get="([^"]+)"')
NAME = re.compile(r'href="/feed/why/([a-z]+:\d+)/"')
BY_SCRIPT = {"hx-request": "true"}


@pytest.fixture
def talks(trained, topics, member):
    """So much talk of bread and of knots that a whole feed can be full of it."""
    writers = [member(f"Writer{n}") for n in range(20)]
    return [
        forum.start_thread(
            by=who, title=f"Talk {n} of {who}", source="Of loaves.", audience=["public"], topic_ids=[topics[n % 2].pk]
        )
        for who in writers
        for n in range(4)
    ]


@pytest.fixture
def reader(talks, shelf, cleo, worker):
    courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
    worker()
    return cleo


def opened(page, address="/"):
    """The names of the cards there, and where a script finds the next ones; of the home page, or of a part of its feed."""
    html = page.get(address, headers=BY_SCRIPT if address.startswith("/feed/") else {}).content.decode()
    further = MORE.search(html)
    return list(dict.fromkeys(NAME.findall(html))), unescape(further[2]) if further else ""


def gone_through(page):
    """The cards of the home page and of one part after the other, to the last, as a script brings them."""
    parts, address = [], "/"
    while address:
        names, address = opened(page, address)
        parts.append(names)
    return parts


def whole(viewer):
    """All that is recommended, but for the lesson where its reader stopped: it stands above the cards already."""
    picks = queries.picks(viewer=viewer, limit=WHOLE)
    return [pick.item.name for pick in picks if not pick.item.name.startswith("lesson:")]


SECOND = slice(FIRST_CARDS, FIRST_CARDS + NEXT_CARDS)
"""Where the first part stands in the whole."""


def test_all_of_it_comes_in_one_order_and_nothing_twice(reader, page_of):
    parts = gone_through(page_of(reader))
    assert ([len(part) for part in parts[:-1]], 0 < len(parts[-1]) <= NEXT_CARDS) == ([FIRST_CARDS, NEXT_CARDS], True)
    assert [name for part in parts for name in part] == whole(reader)


def test_a_part_is_for_the_page_around_it_and_whoever_comes_by_themselves_is_sent_there(reader, page_of):
    page = page_of(reader)
    _, further = opened(page)
    part = page.get(further, headers=BY_SCRIPT).content.decode()
    assert ("<html" in part, 'tabindex="-1" autofocus' in part, bool(MORE.search(part))) == (False, True, True)
    assert [page.get(address).headers["Location"] for address in ("/feed/", further)] == ["/", "/"]


def test_only_what_was_shown_is_noted(reader, page_of):
    first, further = opened(page_of(reader))
    noted = set(Impression.objects.filter(user=reader).values_list("item", flat=True))
    second, _ = opened(page_of(reader), further)
    later = set(Impression.objects.filter(user=reader).values_list("item", flat=True))
    assert (noted, later) == (set(first), {*first, *second})


def test_the_rest_stays_as_it_was_when_a_card_above_is_dismissed_or_taken(reader, shelf, page_of):
    page = page_of(reader)
    before = whole(reader)
    first, further = opened(page)
    page.post(f"/feed/dismiss/{first[2]}/not_interested/")
    taken = next(name for name in first if name.startswith("course:"))
    courses.enroll(course=next(course for course in shelf if course.key == taken), user=reader)
    # What comes next in the course that they took is new to the page.
    rest = [name for name in opened(page, further)[0] if not name.startswith("lesson:")]
    assert (len(rest) >= NEXT_CARDS - 1, rest) == (True, before[SECOND][: len(rest)])


def test_it_stays_so_when_what_stands_above_begins_to_rest(reader, page_of):
    """The page itself makes the last of the days after which its cards take a rest."""
    before = whole(reader)
    days = [timezone.localdate() - timedelta(days=n) for n in range(1, rules.SHOWN_DAYS)]
    shown = before[:FIRST_CARDS]
    Impression.objects.bulk_create(
        Impression(user=reader, item=one, day=day, source="model") for one in shown for day in days
    )
    page = page_of(reader)
    first, further = opened(page)
    assert first == shown
    assert opened(page, further)[0] == before[SECOND]
    assert not set(shown) & set(whole(reader))


def test_what_is_dismissed_below_does_not_come(reader, page_of):
    page = page_of(reader)
    _, further = opened(page)
    second, _ = opened(page, further)
    page.post(f"/feed/dismiss/{second[0]}/known/")
    assert opened(page, further)[0][: NEXT_CARDS - 1] == second[1:]


def test_less_of_a_topic_halves_it_in_all_parts_together(reader, topics, page_of):
    def of_bread():
        names = {name for part in gone_through(page_of(reader)) for name in part}
        return sum(
            topics[0].pk in pick.item.topic_ids
            for pick in queries.picks(viewer=reader, limit=WHOLE)
            if pick.item.name in names
        )

    before = of_bread()
    operations.wish(user=reader, topic=topics[0], wish=TopicWish.Wish.LESS)
    assert before > NEXT_CARDS
    assert of_bread() <= before / 2


def test_a_longer_list_begins_with_the_shorter_one_where_few_things_are_in_ones_language(reader, talks, monkeypatch):
    """What the model puts first ends in what they cannot read; far behind, where a kind has its turn, one comes that they can."""
    Thread.objects.filter(pk__in=[talk.pk for talk in talks[:60]]).update(language="zh-hans")
    *foreign, readable = [f"thread:{talk.pk}" for talk in [*talks[:30], talks[-1]]]
    ranked = [*foreign[:20], readable, *foreign[20:]]
    # The function that the package hands on has the module's name.
    listing = import_module("recsys.queries.feed")
    monkeypatch.setattr(
        listing, "personal", lambda known, acts, limit: list(known.shelf.glance(ranked[:limit]).values())
    )

    def names(limit):
        return [pick.item.name for pick in listing._ranked(listing._known(reader, ()), object(), limit)]

    assert [names(limit) == names(WHOLE)[:limit] for limit in (FIRST_CARDS, FIRST_CARDS + NEXT_CARDS)] == [True, True]


class TestWithoutScripts:
    """The page comes anew with more cards, and goes on where they are new."""

    def gone_through(self, page):
        pages, address = [], "/"
        while address:
            pages.append(html := page.get(address).content.decode())
            address = unescape(further[1]) if (further := MORE.search(html)) else ""
        return pages

    def test_each_page_has_more_behind_what_the_one_before_had(self, reader, page_of):
        cards = [list(dict.fromkeys(NAME.findall(html))) for html in self.gone_through(page_of(reader))]
        assert [len(one) for one in cards] == [FIRST_CARDS, FIRST_CARDS + NEXT_CARDS, len(whole(reader))]
        assert [few == more[: len(few)] for few, more in pairwise(cards)] == [True, True]

    def test_sending_a_card_away_leads_back_to_as_many(self, reader, page_of):
        page = page_of(reader)
        html = page.get("/?cards=25").content.decode()
        form = re.search(r'name="next" value="([^"]+)".*?formaction="([^"]+/not_interested/)"', html, re.DOTALL)
        answer = page.post(form[2], {"next": unescape(form[1])}, follow=True)
        assert (answer.redirect_chain[-1][0], len(answer.context["feed"])) == ("/?cards=25", 25)

    def test_it_goes_on_at_the_first_of_them(self, reader, page_of):
        page = page_of(reader)
        [address] = re.findall(r'<p class="feed-more"><a [^>]*href="([^"]+)"', page.get("/").content.decode())
        address, _, place = address.partition("#")
        above, _, below = page.get(address).content.decode().partition(f' id="{place}"')
        assert [len(set(NAME.findall(part))) for part in (above, below)] == [FIRST_CARDS, NEXT_CARDS]


class TestWhoComesBack:
    """Opening a card leaves the home page, and going back loads it anew: with as many cards as there were."""

    def test_finds_as_many(self, reader, page_of):
        page = page_of(reader)
        _, further = opened(page)
        address = page.get(further, headers=BY_SCRIPT).headers["HX-Replace-Url"]
        assert (address, len(page.get(address).context["feed"])) == ("/?cards=25", 25)

    def test_goes_on_from_there(self, reader, page_of):
        there, further = opened(page_of(reader), "/?cards=25")
        assert there + opened(page_of(reader), further)[0] == whole(reader)

    def test_costs_the_same_however_many_there_are(self, reader, page_of, django_assert_num_queries):
        page = page_of(reader)
        page.get("/?cards=40")
        with CaptureQueriesContext(connection) as few:
            page.get("/")
        with django_assert_num_queries(len(few)):
            page.get("/?cards=40")

    @pytest.mark.parametrize("said", ["", "x", "-5", "3", "²", "9" * 5_000])
    def test_whatever_stands_there_the_page_is_there(self, said, reader, page_of):
        assert len(page_of(reader).get(f"/?cards={said}").context["feed"]) == FIRST_CARDS

    def test_a_larger_number_than_there_is_gives_all_of_it(self, reader, page_of):
        page = page_of(reader).get("/?cards=999")
        assert (len(page.context["feed"]), MORE.search(page.content.decode())) == (len(whole(reader)), None)


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "above=nonsense",
        "above=course:x,,thread:",
        "above=course:999999999999",
        f"above={','.join(['thread:1'] * 500)}",
        f"cards={'9' * 5_000}",
    ],
)
def test_whatever_stands_in_the_address_the_part_is_there(asked, reader, page_of):
    assert len(opened(page_of(reader), f"/feed/?{asked}")[0]) == NEXT_CARDS


def test_behind_everything_it_says_that_this_is_all(cleo, ben, page_of):
    thread = forum.start_thread(by=ben, title="One talk", source="Of loaves.", audience=["public"])
    page = page_of(cleo)
    part = page.get(f"/feed/?above=thread:{thread.pk}", headers=BY_SCRIPT).content.decode()
    assert "That is all for now." in part
    assert 'id="more">That is all for now.' in page.get("/?cards=25").content.decode()


def test_it_costs_the_same_for_every_part(reader, page_of, django_assert_num_queries):
    page = page_of(reader)
    _, first = opened(page)
    _, second = opened(page, first)
    opened(page, second)
    for address in (first, second):
        with django_assert_num_queries(QUERIES):
            page.get(address, headers=BY_SCRIPT)


QUERIES = 9
