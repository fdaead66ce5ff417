"""Asking, answering, accepting: who may, what follows, and that nothing follows twice."""

import pytest

from core.audience import grants, keys
from core.events.testing import published
from core.realtime.testing import said_in
from forum import about, operations, queries
from forum.events import AnswerAccepted, AnswerPosted, PostVoted, QuestionAsked
from forum.models import Post, Thread
from topics.models import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(ben):
    return operations.ask(
        by=ben, title="Why is a refund booked twice?", source="It appears in **two** months.", audience=["public"]
    )


@pytest.fixture
def answer(question, ada):
    return operations.answer(question=question, by=ada, source="Give both rows one number.")


def _loaf(topic_ids):
    return about.About(title="A loaf", url="/loaf/", audience=["public"], language="en", topic_ids=topic_ids)


class TestAsking:
    def test_a_question_keeps_its_words_and_tells_the_stream(self, question, ben):
        first = question.posts.get()
        assert (first.is_first, "<strong>two</strong>" in first.html, question.language) == (True, True, "en")
        assert [(fact.question_id, fact.author_id) for fact in published(QuestionAsked)] == [(question.pk, ben.pk)]

    def test_chinese_is_recognized(self, ben):
        asked = operations.ask(
            by=ben, title="退款为什么会记两次？", source="同一笔退款在两个月里各记了一次。", audience=["public"]
        )
        assert (asked.language, asked.get_absolute_url().startswith(f"/t/{asked.pk}-")) == ("zh-hans", True)


class TestAnswering:
    def test_an_answer_counts_and_tells_whom_it_answers(self, question, answer, ada, ben):
        question.refresh_from_db()
        [fact] = published(AnswerPosted)
        assert (question.reply_count, fact.answerer_id, fact.asker_id) == (1, ada.pk, ben.pk)

    def test_whoever_reads_sees_the_answer_and_the_number_of_answers(self, question, answer, ada):
        operations.answer(question=question, by=ada, source="Or leave the second one out.")
        told = [(one.action, one.target) for one in said_in(f"thread:{question.pk}")]
        assert told == [("append", "posts"), ("replace", "replies")] * 2
        last = said_in(f"thread:{question.pk}")[-1]
        assert {code: html.strip() for code, html in last.html.items()} == {
            "en": '<span id="replies">2 answers</span>',
            "zh-hans": '<span id="replies">2 个回答</span>',
        }

    def test_a_closed_question_takes_no_answers(self, question, ada):
        Thread.objects.filter(pk=question.pk).update(closed_at="2026-01-01T00:00Z")
        with pytest.raises(operations.ThreadClosed):
            operations.answer(question=question, by=ada, source="Too late.")


class TestAccepting:
    def test_only_who_asked_accepts(self, answer, ada):
        with pytest.raises(operations.NotTheAsker):
            operations.accept_answer(answer=answer, by=ada)

    def test_accepting_twice_is_accepting_once(self, question, answer, ben):
        operations.accept_answer(answer=answer, by=ben)
        operations.accept_answer(answer=answer, by=ben)
        question.refresh_from_db()
        assert (question.accepted_answer_id, len(published(AnswerAccepted))) == (answer.pk, 1)


class TestVoting:
    def test_a_vote_counts_once_and_can_be_taken_back(self, answer, cleo):
        for is_useful, count in ((True, 1), (True, 1), (False, 0), (False, 0)):
            assert operations.vote(post=answer, by=cleo, is_useful=is_useful).vote_count == count
        assert [fact.value for fact in published(PostVoted)] == [1, 0]

    def test_nobody_votes_for_themselves(self, answer, ada):
        with pytest.raises(operations.OwnPost):
            operations.vote(post=answer, by=ada, is_useful=True)


class TestModerating:
    def test_a_hidden_answer_is_seen_by_its_author_alone(self, question, answer, ada, cleo, dora):
        operations.hide_post(post=answer, by=dora, reason="Rule 3")
        shown = {
            user.name: [post.pk for post in queries.thread_page(thread=question, viewer=user).posts]
            for user in (ada, cleo)
        }
        assert shown == {"Ada": [answer.pk], "Cleo": []}

    def test_restoring_brings_back_exactly_what_there_was(self, question, answer, cleo, dora):
        before = queries.thread_page(thread=question, viewer=cleo)
        operations.hide_post(post=answer, by=dora, reason="Rule 3")
        operations.restore_post(post=answer, by=dora)
        after = queries.thread_page(thread=question, viewer=cleo)
        assert [(post.pk, post.html, post.hidden_at) for post in after.posts] == [
            (post.pk, post.html, None) for post in before.posts
        ]

    def test_a_member_is_no_moderator(self, answer, cleo):
        with pytest.raises(operations.NotAModerator):
            operations.hide_post(post=answer, by=cleo, reason="I disagree")

    @pytest.mark.leak
    def test_nobody_else_can_do_anything_with_what_is_hidden(self, question, answer, ada, cleo, dora, page_of):
        operations.hide_post(post=answer, by=dora, reason="Rule 3")
        browser = page_of(cleo)
        assert [browser.post(f"/posts/{answer.pk}/{act}/").status_code for act in ("vote", "report")] == [404, 404]
        assert [list(Post.objects.visible_to(who).filter(pk=answer.pk)) for who in (cleo, ada)] == [[], [answer]]

    def test_hiding_decides_every_open_report(self, answer, cleo, ben, dora):
        for member in (cleo, ben):
            operations.flag(post=answer, by=member, reason="rude")
        operations.hide_post(post=answer, by=dora, reason="Rule 3")
        assert set(answer.flags.values_list("outcome", "resolved_by")) == {("hidden", dora.pk)}


@pytest.mark.leak
class TestPaidThread:
    @pytest.fixture
    def paid(self, ben, monkeypatch):
        monkeypatch.setattr(keys, "_grants", list(keys._grants))
        grants(lambda viewer: ["course:7"] if viewer.pk == ben.pk else [])
        return operations.ask(
            by=ben, title="A secret of lesson seven", source="The canary sings.", audience=["course:7"]
        )

    @pytest.mark.parametrize("path", ["/t/{pk}-{slug}/", "/t/{pk}/"])
    def test_cleo_does_not_find_it_and_ben_does(self, paid, ben, cleo, page_of, path):
        address = path.format(pk=paid.pk, slug=paid.slug)
        assert [page_of(who).get(address, follow=True).status_code for who in (None, cleo, ben)] == [404, 404, 200]

    def test_it_stands_in_ben_s_list_only(self, paid, ben, cleo):
        lists = [[thread.pk for thread in queries.thread_list(viewer=viewer).page] for viewer in (cleo, ben)]
        assert lists == [[], [paid.pk]]

    def test_cleo_can_do_nothing_with_its_posts(self, paid, cleo, page_of):
        post = Post.objects.get(thread=paid)
        browser = page_of(cleo)
        answers = [browser.post(f"/posts/{post.pk}/{act}/").status_code for act in ("vote", "report")]
        assert [*answers, browser.post(f"/t/{paid.pk}/write/", {"body": "hello"}).status_code] == [404, 404, 404]


class TestPages:
    def test_writing_an_answer_leads_to_it(self, question, cleo, page_of):
        response = page_of(cleo).post(f"/t/{question.pk}/write/", {"body": "Try one number for both."}, follow=True)
        assert (response.status_code, b"Try one number for both." in response.content) == (200, True)

    def test_while_the_title_is_typed_the_page_shows_what_was_asked_before(self, question, cleo, page_of, worker):
        worker(sends=False)
        page = page_of(cleo)
        typed = page.get("/community/ask/").context["form"]["title"].as_widget()
        assert 'hx-get="/community/similar/"' in typed
        assert 'hx-target="#similar"' in typed
        shown = page.get("/community/similar/", {"title": "The refund is twice in my book"}).content.decode()
        assert f'<a href="{question.get_absolute_url()}" lang="en">{question.title}</a>' in shown
        assert "<a" not in page.get("/community/similar/", {"title": "A lamp is twice as bright"}).content.decode()
        assert "hx-get" not in page.get("/community/start/").context["form"]["title"].as_widget()

    @pytest.mark.parametrize("address", ["/community/ask/", "/community/start/"])
    def test_the_draft_of_what_was_posted_is_not_brought_back(self, ben, page_of, address):
        browser = page_of(ben)
        assert f'<auto-draft key="{ben.pk}:{address}"' in browser.get(address).content.decode()
        words = {"title": "Why twice?", "body": "I book it twice.", "draft": "mf3k2-0a9b8c7d6e"}
        assert browser.post(address, words).cookies["draft"].value == "mf3k2-0a9b8c7d6e"

    def test_an_empty_answer_is_refused_with_a_sentence(self, question, cleo, page_of):
        response = page_of(cleo).post(f"/t/{question.pk}/write/", {"body": "  "})
        assert (response.status_code, b"Write something first." in response.content) == (422, True)

    def test_who_asked_is_told_where_an_answer_will_be_found(self, question, ben, cleo, page_of):
        said = ("you find it here and in your inbox", "What you know may be enough")
        shown = [page_of(who).get(question.get_absolute_url()).content.decode() for who in (ben, cleo)]
        assert [[words in html for words in said] for html in shown] == [[True, False], [False, True]]

    def test_under_a_thing_with_topics_nobody_says_the_topics_again(self, ben, page_of, monkeypatch):
        bread = Topic.objects.create(slug="bread", name_zh="面包", name_en="Bread")
        monkeypatch.setattr(about, "_resolvers", {"loaf": lambda viewer, ident: _loaf([bread.pk])})
        page = page_of(ben)
        fields = [list(page.get(f"/community/ask/{tail}").context["form"].fields) for tail in ("?about=loaf:1", "")]
        assert fields == [["title", "body", "about"], ["title", "body", "topics", "about"]]
        page.post("/community/ask/", {"title": "Why is it flat?", "body": "It rose once.", "about": "loaf:1"})
        assert [topic.slug for topic in Thread.objects.get().topics.all()] == ["bread"]

    def test_an_old_slug_leads_to_today_s_address(self, question, page_of):
        response = page_of().get(f"/t/{question.pk}-something-else/")
        assert (response.status_code, response.headers["Location"]) == (301, question.get_absolute_url())
        # A browser that kept it would go in circles once the thread has its former name again.
        assert response.headers["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_for_one_and_three(self, count, ben, page_of, django_assert_num_queries):
        for number in range(count):
            operations.ask(by=ben, title=f"Question number {number}", source="What then?", audience=["public"])
        browser = page_of(ben)
        browser.get("/community/")
        with django_assert_num_queries(15, exact=False):
            browser.get("/community/")


class TestWhatArrivesLive:
    """Everyone gets the same post; what each may do with it stands in their page, for a post called 0."""

    def acts(self, question, viewer):
        from forum.shapes import arriving_acts

        arriving = arriving_acts(question, viewer=viewer)
        return {whose: {name for name, url in one.items() if url} for whose, one in arriving.items()}

    def test_who_asked_may_accept(self, question, ben):
        assert self.acts(question, ben) == {
            "own": {"accept_url", "edit_url"},
            "other": {"accept_url", "vote_url", "report_url"},
        }

    def test_others_may_not(self, question, cleo):
        assert self.acts(question, cleo) == {"own": {"edit_url"}, "other": {"vote_url", "report_url"}}

    def test_a_guest_gets_none(self, question, page_of):
        page = page_of().get(question.get_absolute_url()).content.decode()
        assert "<post-acts" not in page
