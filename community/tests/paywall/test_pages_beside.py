"""The small pages around what is paid for: drawings, progress, votes, reports, cards and their reasons, mails and notes."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from core.events.models import OutboxMessage
from core.realtime import guarding
from core.search import operations as searching
from core.web import api_tokens
from courses.models import Figure
from forum import operations as forum
from forum.handlers import documents
from forum.models import Thread
from notifications.models import Kind
from notifications.operations import notify
from notifications.operations.digests import write_digest
from recsys import kinds
from recsys import operations as recommending
from topics.models import Topic

from .asking import CANARY, EXPECTED, asks, found, seen_by

pytestmark = [pytest.mark.django_db, pytest.mark.leak]

LET_IN = {200, 302}


def lets_in(answer):
    return answer.status_code in LET_IN and "login" not in answer.headers.get("Location", "")


@asks("page courses:figure")
def test_a_drawing(personas, course, paid, page_of):
    drawn = Figure.objects.create(
        course=course, name="bird.svg", svg=f"<svg><title>{CANARY}</title></svg>", digest="0" * 16
    )
    paid.html += f'<img src="{drawn.get_absolute_url()}">'
    paid.save(update_fields=["html"])
    assert seen_by(personas, lambda who: found(page_of(who).get(drawn.get_absolute_url()))) == EXPECTED


@asks("page courses:watched")
def test_what_was_watched(personas, played, page_of):
    def tells(who):
        answer = page_of(who).post(f"{played.get_absolute_url()}watched/", {"spans": "0-1", "position": 1})
        assert answer.status_code in {200, 302, 404}
        return answer.status_code == 200

    assert seen_by(personas, tells) == EXPECTED


@pytest.fixture
def topic():
    return Topic.objects.create(slug="birds", name_en="Birds", name_zh="鸟")


@pytest.fixture
def question(course, paid, ada, topic):
    """What waits for an answer under the paid lesson."""
    asked = forum.ask(
        by=ada, title=f"What does the {CANARY} eat?", source=f"The {CANARY} eats.", about=f"lesson:{paid.pk}",
        audience=[course.key, "staff"], topic_ids=[topic.pk],
    )  # fmt: skip
    return Thread.objects.get(pk=asked.pk)


@pytest.fixture
def said(question, member):
    """Each persona may do something with a post of somebody else's."""
    return forum.answer(question=question, by=question.author, source=f"Seeds, says the {CANARY}.")


class TestPosts:
    @asks("page forum:vote")
    def test_a_vote(self, personas, said, page_of):
        assert (
            seen_by(personas, lambda who: lets_in(page_of(who).post(f"/posts/{said.pk}/vote/", {"is_useful": "1"})))
            == EXPECTED
        )

    @asks("page forum:flag")
    def test_a_report(self, personas, said, page_of):
        assert seen_by(personas, lambda who: found(page_of(who).get(f"/posts/{said.pk}/report/"))) == EXPECTED

    @asks("page forum:write")
    def test_an_answer(self, personas, question, page_of):
        def writes(who):
            return lets_in(page_of(who).post(f"/t/{question.pk}/write/", {"body": "Seeds."}))

        assert seen_by(personas, writes) == EXPECTED

    @asks("page forum:edit")
    def test_ones_own_answer(self, personas, question, page_of):
        """It was written while the door was open; it stands in the room, and who is out does not stand there and rewrite it."""

        def look(who):
            if who is None:
                return lets_in(page_of(None).get(f"/posts/{question.posts.first().pk}/edit/"))
            own = forum.answer(question=question, by=who, source=f"The {CANARY} eats seeds.")
            return found(page_of(who).get(f"/posts/{own.pk}/edit/"))

        assert seen_by(personas, look) == EXPECTED

    @asks("page forum:accept")
    def test_what_solved_ones_own_question(self, personas, course, paid, ada, page_of):
        def accepts(who):
            asked = forum.ask(
                by=who or ada, title="What?", source="?", about=f"lesson:{paid.pk}", audience=[course.key, "staff"]
            )
            given = forum.answer(question=asked, by=ada, source="Seeds.")
            return lets_in(page_of(who).post(f"/posts/{given.pk}/accept/"))

        assert seen_by(personas, accepts) == EXPECTED

    @asks("page forum:similar")
    def test_questions_like_the_one_being_typed(self, personas, question, page_of, worker):
        worker(sends=False)

        def look(who):
            return (
                f"/t/{question.pk}"
                in page_of(who).get(f"/community/similar/?title=What+does+the+{CANARY}+eat").content.decode()
            )

        assert seen_by(personas, look) == EXPECTED

    @asks("hit question", "hit thread")
    def test_hits(self, personas, question, page_of, course, ada):
        talk = forum.start_thread(
            by=ada, title="The cage", source=f"The {CANARY}.", about=course.key, audience=[course.key, "staff"]
        )
        searching.index_many(list(documents(Thread.objects.filter(pk__in=[question.pk, talk.pk]))))

        def look(who):
            page = page_of(who).get(f"/search/?q={CANARY}").content.decode()
            hits = [f"/t/{one.pk}-" in page or f"/t/{one.pk}/" in page for one in (question, talk)]
            assert len(set(hits)) == 1
            return hits[0]

        assert seen_by(personas, look) == EXPECTED

    @asks("stream lesson", "stream thread")
    def test_streams(self, personas, question, paid):
        def hears(who):
            heard = {
                guarding.may_listen(who or AnonymousUser(), name)
                for name in (f"thread:{question.pk}", f"lesson:{paid.pk}")
            }
            assert len(heard) == 1
            return heard.pop()

        assert seen_by(personas, hears) == EXPECTED


class TestCards:
    @asks("card thread")
    def test_a_card(self, personas, question):
        assert (
            seen_by(personas, lambda who: bool(kinds.load([f"thread:{question.pk}"], viewer=who or AnonymousUser())))
            == EXPECTED
        )

    def test_the_card_of_a_lesson_says_what_the_outline_says(self, personas, paid):
        for who in personas.values():
            for item in kinds.load([f"lesson:{paid.pk}"], viewer=who or AnonymousUser()).values():
                assert (item.title, CANARY in str(item.look)) == (paid.title, False)

    @asks("page recsys:why")
    def test_why_it_is_shown(self, personas, question, page_of):
        assert seen_by(personas, lambda who: found(page_of(who).get(f"/feed/why/thread:{question.pk}/"))) == EXPECTED

    @asks("page recsys:dismiss")
    def test_wishing_it_away(self, personas, question, page_of):
        def dismisses(who):
            return lets_in(page_of(who).post(f"/feed/dismiss/thread:{question.pk}/not_interested/"))

        assert seen_by(personas, dismisses) == EXPECTED

    @asks("page recsys:related")
    def test_beside_something(self, personas, question, page_of):
        assert seen_by(personas, lambda who: lets_in(page_of(who).get(f"/related/thread:{question.pk}/"))) == EXPECTED

    @asks("page recsys:related", "program GET /api/v1/related/{content_id}", "page api:related")
    def test_beside_what_everybody_sees(self, personas, question, topic, ada, page_of):
        open_one = forum.ask(
            by=ada, title="Which birds sing?", source="?", audience=["public", "members"], topic_ids=[topic.pk]
        )

        def look(who):
            page = found(page_of(who).get(f"/related/thread:{open_one.pk}/"))
            assert who is None or page == found(program(page_of, who, f"related/thread:{open_one.pk}"))
            return page

        assert seen_by(personas, look) == EXPECTED

    @asks("program GET /api/v1/answerable")
    def test_what_one_could_answer(self, personas, question, topic, page_of):
        def look(who):
            if who is None:
                return found(program(page_of, None, "answerable"))
            recommending.wish(user=who, topic=topic, wish="more")
            page = found(page_of(who).get("/answerable/"))
            assert page == found(program(page_of, who, "answerable"))
            return page

        assert seen_by(personas, look) == EXPECTED

    @asks("program POST /api/recommend")
    def test_the_documents_own_endpoint(self, personas, question, worker, page_of):
        worker()

        def look(who):
            body = json.dumps({"user_id": who.pk if who else 1, "num_recommendations": 100})
            answer = page_of(None).post("/api/recommend", body, content_type="application/json", headers=bearer(who))
            return f"thread:{question.pk}" in answer.content.decode()

        assert seen_by(personas, look) == EXPECTED


def bearer(who):
    secret = api_tokens.issue(user=who, name="phone", may=["recommendations:read"])[1] if who else "nobody"
    return {"authorization": f"Bearer {secret}"}


def program(page_of, who, path):
    return page_of(None).get(f"/api/v1/{path}", headers=bearer(who))


class TestWhatIsTold:
    @asks("note answer", "note reply", "note accepted", "note hidden", "note restored", "page notifications:open")
    @pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.REPLY, Kind.ACCEPTED, Kind.HIDDEN, Kind.RESTORED])
    def test_a_note_from_before(self, personas, said, ada, page_of, kind):
        """The list and the address to which it leads, whose words are the title."""

        def look(who):
            if who is None:
                return found(page_of(None).get("/notifications/", follow=True))
            notify(user=who, kind=kind, subject_id=said.pk, key=f"test:{who.pk}", actor=ada)
            browser, told = page_of(who), who.notifications.get(key=f"test:{who.pk}")
            leads = browser.get(f"/notifications/{told.pk}/")
            is_listed = found(browser.get("/notifications/"))
            assert (CANARY in leads.headers.get("Location", "")) == is_listed
            return is_listed

        assert seen_by(personas, look) == EXPECTED

    @asks("mail notifications/answer", "mail notifications/reply", "mail notifications/accepted")
    @pytest.mark.parametrize("what", ["answer", "reply", "accepted"])
    def test_a_mail(self, personas, paid, course, ada, worker, what):
        """Everybody was in when they wrote; what happens now is told to those who still are."""
        about = {
            "about": f"lesson:{paid.pk}",
            "audience": [course.key, "staff"],
            "title": f"On the {CANARY}",
            "source": "?",
        }
        for who in filter(None, personas.values()):
            if what == "answer":
                forum.answer(question=forum.ask(by=who, **about), by=ada, source=f"The {CANARY} does.")
            elif what == "reply":
                forum.reply(thread=forum.start_thread(by=who, **about), by=ada, source=f"The {CANARY} does.")
            else:
                asked = forum.ask(by=ada, **about)
                forum.accept_answer(answer=forum.answer(question=asked, by=who, source="Seeds."), by=ada)
        worker(sends=False)
        assert seen_by(personas, letters(f"notifications/mail/{what}")) == EXPECTED

    @asks("mail notifications/digest")
    def test_the_letter_of_the_week(self, personas, question, topic, worker):
        for who in filter(None, personas.values()):
            recommending.wish(user=who, topic=topic, wish="more")
        worker(sends=False)
        for who in filter(None, personas.values()):
            write_digest(user=who, as_of=timezone.now())
        assert seen_by(personas, letters("notifications/mail/digest")) == EXPECTED


def letters(template):
    """Whether somebody gets a letter of this kind in which the canary sings."""

    def gets(who):
        mails = OutboxMessage.objects.filter(kind="mail", payload__to=who.email) if who else ()
        return any(CANARY in json.dumps(one.payload) for one in mails)

    return gets
