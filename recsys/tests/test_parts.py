"""The feed by itself comes a part at a time: all of it, in one order, nothing twice, and only what was shown is noted."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.rules import FIRST_CARDS, NEXT_CARDS
from courses import operations as courses
from forum import operations as forum
from recsys import operations, queries, rules
from recsys.models import Impression, TopicWish
from recsys.queries.feed import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]

MORE = re.compile(r'<p class="feed-more"><a [^>]*href="([^"]+)"')
NAME = re.compile(r'href="/feed/why/([a-z]+:\d+)/"')


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


def opened(page, address="/feed/"):
    """The names of the cards of one part, and where the next one is."""
    html = page.get(address).content.decode()
    further = MORE.search(html)
    return list(dict.fromkeys(NAME.findall(html))), further[1] if further else ""


def gone_through(page):
    """The parts from the first to the last, as somebody without scripts follows them."""
    parts, address = [], "/feed/"
    while address:
        names, address = opened(page, address)
        parts.append(names)
    return parts


def whole(viewer):
    return [pick.item.name for pick in queries.picks(viewer=viewer, limit=WHOLE)]


def test_all_of_it_comes_in_one_order_and_nothing_twice(reader, page_of):
    parts = gone_through(page_of(reader))
    assert ([len(part) for part in parts[:-1]], 0 < len(parts[-1]) <= NEXT_CARDS) == ([NEXT_CARDS, NEXT_CARDS], True)
    assert [name for part in parts for name in part] == whole(reader)


def test_the_part_that_is_asked_for_by_a_script_is_the_same_without_the_page_around_it(reader, page_of):
    page = page_of(reader)
    _, further = opened(page)
    alone = page.get(further, headers={"hx-request": "true"}).content.decode()
    assert NAME.findall(alone) == NAME.findall(page.get(further).content.decode())
    assert ("<html" in alone, 'tabindex="-1" autofocus' in alone, bool(MORE.search(alone))) == (False, True, True)


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
    assert opened(page, further)[0] == before[NEXT_CARDS : 2 * NEXT_CARDS]


def test_it_stays_so_when_what_stands_above_begins_to_rest(reader, page_of):
    """The part itself makes the last of the days after which its cards take a rest."""
    before = whole(reader)
    days = [timezone.localdate() - timedelta(days=n) for n in range(1, rules.SHOWN_DAYS)]
    shown = before[:NEXT_CARDS]
    Impression.objects.bulk_create(
        Impression(user=reader, item=one, day=day, source="model") for one in shown for day in days
    )
    page = page_of(reader)
    first, further = opened(page)
    assert first == shown
    assert opened(page, further)[0] == before[NEXT_CARDS : 2 * NEXT_CARDS]
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


def test_from_the_home_page_it_goes_on_behind_what_stands_there(reader, page_of):
    page = page_of(reader)
    html = page.get("/").content.decode()
    shown = list(dict.fromkeys(NAME.findall(html)))
    further = MORE.search(html)[1]
    stopped = [name for name in whole(reader) if name.startswith("lesson:")]
    parts, address = [], further
    while address:
        names, address = opened(page, address)
        parts += names
    assert len(shown) == FIRST_CARDS
    assert parts == [name for name in whole(reader) if name not in {*shown, *stopped}]


class TestWhoComesBack:
    """Opening a card leaves the home page, and going back loads it anew: with as many cards as there were."""

    def after_more(self, page, at):
        html = page.get(at).content.decode()
        answer = page.get(
            MORE.search(html)[1], headers={"hx-request": "true", "hx-current-url": f"http://testserver{at}"}
        )
        return answer.headers.get("HX-Replace-Url")

    def test_finds_as_many(self, reader, page_of):
        page = page_of(reader)
        addresses = [at := self.after_more(page, "/"), self.after_more(page, at)]
        cards = [len(page.get(address).context["feed"]) for address in addresses]
        assert (addresses, cards) == (["/?cards=24", "/?cards=38"], [24, 38])

    def test_costs_the_same_however_many_there_are(self, reader, page_of, django_assert_num_queries):
        page = page_of(reader)
        page.get("/?cards=38")
        with CaptureQueriesContext(connection) as few:
            page.get("/")
        with django_assert_num_queries(len(few)):
            page.get("/?cards=38")

    def test_the_page_of_the_rest_keeps_its_address(self, reader, page_of):
        assert self.after_more(page_of(reader), "/feed/") is None

    @pytest.mark.parametrize("said", ["", "x", "-5", "3", "²", "9" * 5_000])
    def test_whatever_stands_there_the_page_is_there(self, said, reader, page_of):
        assert len(page_of(reader).get(f"/?cards={said}").context["feed"]) == FIRST_CARDS

    @pytest.mark.parametrize(
        "at", ["http://[", "http://testserver/?cards=" + "9" * 5_000, "http://elsewhere.test/?cards=24", "//", "\\"]
    )
    def test_wherever_a_script_says_that_it_is_it_gets_its_part(self, at, reader, page_of):
        answer = page_of(reader).get("/feed/", headers={"hx-request": "true", "hx-current-url": at})
        assert (answer.status_code, len(answer.context["feed"])) == (200, NEXT_CARDS)

    def test_a_larger_number_than_there_is_gives_all_of_it(self, reader, page_of):
        context = page_of(reader).get("/?cards=999").context
        everything = [name for name in whole(reader) if not name.startswith("lesson:")]
        assert (len(context["feed"]), context["more_url"]) == (len(everything), "")


@pytest.mark.parametrize(
    "above", ["nonsense", "course:x,,thread:", "course:999999999999", ",".join(["thread:1"] * 500)]
)
def test_whatever_stands_in_the_address_the_page_is_there(above, reader, page_of):
    assert opened(page_of(reader), f"/feed/?above={above}")[0] == whole(reader)[:NEXT_CARDS]


def test_behind_everything_it_says_that_this_is_all(cleo, ben, page_of):
    thread = forum.start_thread(by=ben, title="One talk", source="Of loaves.", audience=["public"])
    html = page_of(cleo).get(f"/feed/?above=thread:{thread.pk}").content.decode()
    assert ("That is all for now." in html, "Nothing to recommend yet" in html) == (True, False)


def test_it_costs_the_same_for_every_part(reader, page_of, django_assert_num_queries):
    page = page_of(reader)
    _, further = opened(page)
    opened(page, further)
    for address in ("/feed/", further):
        with django_assert_num_queries(QUERIES):
            page.get(address)


QUERIES = 13
