"""What a process has seen of things saves looking at them again, and is never what is shown."""

import pytest
from django.utils import translation

from accounts import operations as people
from accounts.models import User
from core.audience.keys import hidden_authors, keys_of
from courses import operations as courses
from courses.models import Course
from forum import operations as forum
from forum.models import Thread
from forum.tests.grouping import opened
from recsys import kinds, operations, queries
from recsys.kinds import glimpses

A_MEMBER = frozenset({"public", "members"})

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


def titles(user):
    return [card["title"] for card in queries.feed(viewer=user)]


@pytest.fixture
def talk(ada):
    return forum.start_thread(by=ada, title="Sourdough", source="A night.", audience=["public"])


@pytest.fixture
def seen(talk, ben):
    """Somebody was shown it a moment ago."""
    assert "Sourdough" in titles(ben)
    assert f"thread:{talk.pk}" in glimpses.of([f"thread:{talk.pk}"], keys=A_MEMBER).items
    return talk


@pytest.mark.leak
class TestAtOnce:
    def test_what_is_hidden_is_on_no_list_any_more(self, seen, eli, cleo):
        forum.hide_post(post=seen.posts.get(is_first=True), by=eli, reason="spam")
        assert "Sourdough" not in titles(cleo)
        assert f"thread:{seen.pk}" not in queries.content_ids(viewer=cleo, limit=10)

    def test_what_is_for_members_of_a_course_now_is_on_no_list_of_others(self, seen, cleo):
        Thread.objects.filter(pk=seen.pk).update(audience=["course:7"])
        assert "Sourdough" not in titles(cleo)

    def test_nor_is_what_somebody_wrote_who_blocks_its_reader(self, seen, ada, cleo):
        people.block(member=cleo, by=ada)
        assert "Sourdough" not in titles(cleo)

    def test_a_course_that_is_withdrawn_is_on_no_list(self, shelf, ben, cleo):
        assert "Course number 0" in titles(ben)
        Course.objects.filter(pk=shelf[0].pk).update(published_at=None)
        assert "Course number 0" not in titles(cleo)

    def test_it_is_called_what_it_is_called_now(self, seen, cleo):
        Thread.objects.filter(pk=seen.pk).update(title="Sourdough, at last")
        assert "Sourdough, at last" in titles(cleo)


def test_what_its_card_shows_is_what_it_is_now(talk, cleo):
    """However often it was drawn as it was before."""

    def facts():
        return kinds.load([f"thread:{talk.pk}"], viewer=cleo)[f"thread:{talk.pk}"].look.facts

    before = facts()
    forum.reply(thread=talk, by=cleo, source="A day.")
    assert (before, facts()) == (("0 replies", "Ada"), ("1 reply", "Ada"))


def test_a_card_is_in_the_language_in_which_it_was_loaded(talk, cleo):
    """Whenever it is drawn: what is remembered in one language is shown to all who read that."""
    name = f"thread:{talk.pk}"
    with translation.override("en"):
        english = kinds.load([name], viewer=cleo)[name]
    with translation.override("zh-hans"):
        shown = english.look.kind_label, kinds.load([name], viewer=cleo)[name].look.kind_label
    with translation.override("en"):
        assert (*shown, kinds.load([name], viewer=cleo)[name].look.kind_label) == ("Discussion", "讨论", "Discussion")


@pytest.mark.leak
def test_what_is_seen_is_lent_to_those_who_hold_a_key_to_it(ada, monkeypatch):
    """Else it would take the place of something on the lists of those who do not; what is hidden is its author's alone."""
    told = [
        forum.start_thread(by=ada, title=title, source="Words.", audience=[key])
        for title, key in (("Paid", "course:7"), ("Hidden", "public"), ("Open", "members"))
    ]
    Thread.objects.filter(pk=told[1].pk).update(hidden_at="2026-01-01T00:00Z")
    paid, _hidden, everybodys = names = [f"thread:{one.pk}" for one in told]
    monkeypatch.setattr("recsys.kinds.loading.keys_of", lambda viewer: A_MEMBER | {"course:7"})
    assert {item.title for item in kinds.load(names, viewer=ada).values()} == {"Paid", "Hidden", "Open"}
    assert list(glimpses.of(names, keys=A_MEMBER).items) == [everybodys]
    assert list(glimpses.of(names, keys=A_MEMBER | {"course:7"}).items) == [paid, everybodys]


@pytest.fixture
def fellows(shelf, ben, cleo, worker):
    """Two who study the same course, of whom one was told a moment ago which lesson comes next."""
    for one in (ben, cleo):
        courses.enroll(course=shelf[0], user=one)
    worker()
    assert "Lesson of 0" in titles(ben)
    return shelf[0]


def test_the_next_lesson_was_seen_by_whoever_else_has_it_before_them(fellows, cleo):
    lesson = f"lesson:{fellows.lessons.get().pk}"
    assert list(glimpses.of([lesson], keys=A_MEMBER).items) == [lesson]
    [card] = [card for card in queries.feed(viewer=cleo) if card["name"] == lesson]
    assert card["why"] == "It comes next in “Course number 0”"


@pytest.mark.leak
def test_and_is_before_nobody_any_more_when_its_course_is_withdrawn(fellows, cleo):
    Course.objects.filter(pk=fellows.pk).update(published_at=None)
    assert "Lesson of 0" not in titles(cleo)


class TestWhatFellAway:
    """A thing that was seen a moment ago and is there no more leaves its place to the next."""

    @pytest.mark.parametrize("ask", [
        lambda reader: [card["name"] for card in queries.feed(viewer=reader, limit=2)],
        lambda reader: queries.content_ids(viewer=reader, limit=2),
        lambda reader: [card["name"] for card in queries.part(viewer=reader, above=(), count=2).cards],
    ])  # fmt: skip
    def test_a_list_is_as_long_as_was_asked_for(self, trained, ask):
        reader = User.objects.get(username="learner0")
        first, second = ask(reader)
        Course.objects.filter(pk=first.partition(":")[2]).update(published_at=None)
        again = ask(reader)
        assert (len(again), again[0], first in again) == (2, second, False)

    def test_the_home_page_still_leads_to_the_rest(self, member, cleo, eli, page_of):
        for n in range(14):
            forum.start_thread(by=member(f"Author{n}"), title=f"Talk {n}", source="Of cups.", audience=["public"])
        page = page_of(cleo)
        [new] = [card["name"] for card in page.get("/").context["feed"] if card["source"] == "new"]
        spam = Thread.objects.get(pk=new.partition(":")[2])
        forum.hide_post(post=spam.posts.get(is_first=True), by=eli, reason="spam")
        context = page.get("/").context
        assert (len(context["feed"]), bool(context["more_url"])) == (10, True)


def test_a_group_is_called_as_its_reader_calls_it_whoever_saw_it_first(ada, ben, cleo, topics):
    group = opened(ada)
    group.topics.add(topics[0])
    for n in range(8):
        forum.start_thread(by=ada, title=f"Talk {n}", source="Of cups.", audience=["public"], language="en")
    named = []
    for reader, language in ((ben, "zh-hans"), (cleo, "en")):
        operations.wish(user=reader, topic=topics[0], wish="more")
        with translation.override(language):
            named += [card["title"] for card in queries.feed(viewer=reader) if card["name"] == group.key]
    assert named == ["豆子小组", "The bean group"]


def test_what_was_seen_is_not_asked_for_again(seen, ben, cleo, django_assert_num_queries):
    names = [f"thread:{seen.pk}"]
    assert (hidden_authors(cleo), keys_of(cleo)) == (frozenset(), {"public", "members", f"user:{cleo.pk}"})
    with django_assert_num_queries(0):
        assert list(kinds.Shelf(cleo).glance(names)) == names
    glimpses.forget()
    with django_assert_num_queries(1):
        kinds.Shelf(cleo).glance(names)


@pytest.fixture
def pass_the_time(monkeypatch):
    began = glimpses.time.monotonic()

    def to(seconds):
        monkeypatch.setattr("recsys.kinds.glimpses.time.monotonic", lambda: began + seconds)

    return to


def test_after_a_while_it_is(seen, cleo, pass_the_time):
    pass_the_time(glimpses.LENT_SECONDS + 60)
    assert glimpses.of([f"thread:{seen.pk}"], keys=A_MEMBER) == ({}, [])


def test_before_that_it_is_looked_at_anew_with_whatever_is_fetched(
    seen, ada, cleo, pass_the_time, django_assert_num_queries
):
    """So that it is never asked for by itself while somebody comes every few minutes."""
    other = forum.start_thread(by=ada, title="Rye", source="A day.", audience=["public"])
    name, shelf = f"thread:{seen.pk}", kinds.Shelf(cleo)
    pass_the_time(glimpses.YOUNG_SECONDS + 60)
    assert (list(shelf.glance([name])), glimpses.has(name), keys_of(cleo) > A_MEMBER) == ([name], False, True)
    with django_assert_num_queries(1):
        assert list(shelf.load([f"thread:{other.pk}"])) == [f"thread:{other.pk}"]
    pass_the_time(glimpses.LENT_SECONDS + 60)
    assert list(glimpses.of([name], keys=A_MEMBER).items) == [name]


def test_and_a_few_at_a_time(seen, ada, cleo, pass_the_time, monkeypatch):
    monkeypatch.setattr("recsys.kinds.registry.RENEWED", 2)
    told = [forum.start_thread(by=ada, title=f"Talk {n}", source="Words.", audience=["public"]) for n in range(5)]
    names, shelf = [f"thread:{one.pk}" for one in told], kinds.Shelf(cleo)
    kinds.load(names, viewer=cleo)
    pass_the_time(glimpses.YOUNG_SECONDS + 60)
    shelf.glance(names)
    young = []
    for wanted in (f"thread:{seen.pk}", names[3]):
        shelf.load([wanted])
        young.append([name for name in names if glimpses.has(name)])
    assert young == [names[:2], names]


def test_no_card_can_be_drawn_of_it(seen):
    [glimpse] = glimpses.of([f"thread:{seen.pk}"], keys=A_MEMBER).items.values()
    with pytest.raises(RuntimeError, match="fetched for whoever sees it"):
        _ = glimpse.look
