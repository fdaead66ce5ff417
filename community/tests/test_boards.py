"""Boards: what stands on one is read by whoever may read the board, and says to those who paid for that why they can."""

import re
from html import unescape

import pytest
from django.contrib.admin import site

from core.audience.keys import forget
from core.search.queries import find
from forum import operations as talking
from forum.admin import BoardAdmin
from forum.models import Board, Thread
from payments import operations as payments

pytestmark = pytest.mark.django_db
QUESTION = "Why can I see this?"
TITLE = "What the reading room is for"


@pytest.fixture
def room(tier):
    return Board.objects.create(
        slug="reading-room", name_zh="阅览室", name_en="Reading room", order=1, audience=[tier.key, "staff"]
    )


@pytest.fixture
def square():
    return Board.objects.create(slug="square", name_zh="广场", name_en="The square", audience=["public", "members"])


@pytest.fixture
def reader(ben, ada, tier):
    payments.grant(user=ben, key=tier.key, cause="staff", by=ada, reason="test")
    return ben


@pytest.fixture
def written(page_of, reader, room):
    """What a member of the tier has started on the board, by its page."""
    answer = page_of(reader).post(
        "/community/start/", {"title": TITLE, "body": "For those who read.", "board": room.slug}
    )
    assert answer.status_code == 302
    return Thread.objects.get()


def text(answer):
    return unescape(answer.content.decode())


def test_a_member_writes_on_it_and_its_members_alone_read_it(page_of, written, room, reader, cleo):
    assert (written.board, written.audience) == (room, room.audience)
    assert TITLE in text(page_of(reader).get("/community/?board=reading-room"))
    for who in (cleo, None):
        page = page_of(who)
        assert page.get("/community/?board=reading-room").status_code == 404
        assert page.get(written.get_absolute_url()).status_code == 404
        assert TITLE not in text(page.get("/community/"))


def test_the_board_and_what_stands_on_it_say_why(page_of, written, reader):
    for address in ("/community/?board=reading-room", written.get_absolute_url()):
        page = text(page_of(reader).get(address))
        [reasons] = re.findall(rf"<summary>{re.escape(QUESTION)}</summary><ul[^>]*>(.*?)</ul>", page)
        assert "Included in your membership “Reader” (given by the school)" in reasons


def test_an_open_board_needs_no_reason_and_shows_its_own_threads_alone(page_of, written, square, reader, cleo):
    talking.start_thread(by=cleo, title="Hello from the square", source="·", audience=square.audience, board=square)
    page = text(page_of(reader).get("/community/?board=square"))
    assert ("Hello from the square" in page, TITLE in page, QUESTION in page) == (True, False, False)


def test_a_board_leads_to_writing_on_it_and_not_to_asking_everybody(page_of, written, reader):
    links = re.findall(
        r'href="(/community/(?:ask|start)/[^"]*)"', text(page_of(reader).get("/community/?board=reading-room"))
    )
    assert links == ["/community/start/?board=reading-room"]


@pytest.mark.parametrize("slug", ["reading-room", "no-such-board"])
def test_nobody_writes_on_a_board_that_they_cannot_read(page_of, room, square, cleo, slug):
    answer = page_of(cleo).post("/community/start/", {"title": "Let me in, please", "body": "·", "board": slug})
    assert (answer.status_code, Thread.objects.count()) == (422, 0)


def test_a_question_under_a_lesson_stands_on_no_board(page_of, room, reader):
    page_of(reader).post("/community/ask/", {"title": "Which lamp?", "body": "·", "board": room.slug})
    assert (Thread.objects.get().board, Thread.objects.get().audience) == (None, ["public", "members"])


class TestOpenedAnew:
    @pytest.fixture
    def opened_to(self, rf, owner, room):
        def saved(audience):
            request = rf.post("/desk/")
            request.user = owner
            form = type("Form", (), {"changed_data": ["audience"]})()
            room.audience = audience
            BoardAdmin(Board, site).save_model(request, room, form, change=True)

        return saved

    @pytest.fixture
    def owner(self, eli):
        return eli

    def finds(self, who):
        forget(who)
        return bool(find(text="reading room", viewer=who).hits)

    def test_what_stands_on_it_is_open_to_the_same_at_once_and_found_by_them(
        self, page_of, written, opened_to, reader, cleo, worker
    ):
        worker()
        assert (self.finds(reader), self.finds(cleo)) == (True, False)
        opened_to(["public", "members"])
        assert TITLE in text(page_of(cleo).get("/community/"))
        worker()
        assert self.finds(cleo)

    def test_closed_again_nobody_else_reads_or_finds_it(self, page_of, written, opened_to, reader, cleo, worker, tier):
        opened_to(["public", "members"])
        opened_to([tier.key, "staff"])
        worker()
        assert page_of(cleo).get(written.get_absolute_url()).status_code == 404
        assert (self.finds(reader), self.finds(cleo)) == (True, False)
