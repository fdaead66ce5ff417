"""Who is told what, once, and never of what they may not see."""

import pytest

from core.events.models import OutboxMessage
from core.realtime.testing import said_in
from forum import operations as forum
from forum.models import Post, Thread
from notifications import operations, queries, shapes
from notifications.models import Kind, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(ben):
    return forum.ask(by=ben, title="Why is a refund booked twice?", source="Why?", audience=["public"])


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_who_asked_hears_of_the_answer_at_the_bell(question, ada, ben, worker):
    forum.answer(question=question, by=ada, source="Give both rows one number.")
    worker()
    [row] = [shapes.row(one) for one in queries.page_of(user=ben) if one.kind == "answer"]
    assert (queries.unread_count(user=ben), row["quote"], row["actor"]["name"]) == (
        2,
        "Give both rows one number.",
        "Ada",
    )


def test_an_open_list_offers_what_has_come(question, ada, ben, worker):
    forum.answer(question=question, by=ada, source="Give both rows one number.")
    worker()
    offers = offers_to(ben)
    assert {(one.action, 'href="/notifications/"' in one.html["en"]) for one in offers} == {("append", True)}
    operations.mark_read(user=ben)
    assert len(offers_to(ben)) == len(offers)


def offers_to(user):
    return [one for one in said_in(f"user:{user.pk}") if one.target == "inbox-news"]


def test_nobody_hears_of_themselves(question, ben, worker):
    forum.answer(question=question, by=ben, source="I found it myself.")
    worker()
    assert told(ben) == ["badge"]


def test_the_answerer_hears_that_it_was_accepted(question, ada, ben, worker):
    forum.accept_answer(answer=forum.answer(question=question, by=ada, source="One number."), by=ben)
    worker()
    assert told(ada) == ["accepted", "badge"]


def test_the_author_hears_of_hiding_with_its_reason(question, ada, dora, worker):
    answer = forum.answer(question=question, by=ada, source="Buy my lamps.")
    forum.hide_post(post=answer, by=dora, reason="Rule 4: no advertising")
    worker()
    rows = [shapes.row(one) for one in queries.page_of(user=ada) if one.kind == "hidden"]
    assert ["Rule 4: no advertising" in row["text"] for row in rows] == [True]


def test_once_it_is_restored_no_reason_is_missed_in_what_was_said_before(question, ada, dora, worker):
    answer = forum.answer(question=question, by=ada, source="Buy my lamps.")
    forum.hide_post(post=answer, by=dora, reason="Rule 4: no advertising")
    forum.restore_post(post=answer, by=dora)
    worker()
    rows = [shapes.row(one)["text"] for one in queries.page_of(user=ada) if one.kind in {"hidden", "restored"}]
    assert sorted(rows) == [
        "A moderator had hidden your post in “Why is a refund booked twice?”", "Your post in “Why is a refund booked twice?” is shown again",
    ]  # fmt: skip


@pytest.mark.leak
def test_a_post_that_is_gone_is_quoted_no_more(question, ada, ben, dora, worker):
    answer = forum.answer(question=question, by=ada, source="The canary sings.")
    worker()
    forum.hide_post(post=answer, by=dora, reason="Rule 3")
    assert [shapes.row(one) for one in queries.page_of(user=ben) if one.kind == "answer"] == [None]


@pytest.mark.leak
def test_whoever_lost_access_hears_nothing_of_it(question, ada, ben, worker):
    Thread.objects.filter(pk=question.pk).update(audience=["course:9"])
    forum.answer(question=question, by=ada, source="The canary sings.")
    worker()
    assert ("answer" in told(ben), Post.objects.filter(thread=question).count()) == (False, 2)


def test_reading_one_leads_to_it_and_lowers_the_count(question, ada, ben, worker, page_of):
    answer = forum.answer(question=question, by=ada, source="One number.")
    worker()
    one = Notification.objects.get(user=ben, kind="answer")
    response = page_of(ben).get(f"/notifications/{one.pk}/")
    assert (response.headers["Location"], queries.unread_count(user=ben)) == (answer.get_absolute_url(), 1)


@pytest.mark.leak
def test_whoever_reads_all_of_theirs_reads_nobody_else_s(question, ada, ben, worker):
    answer = forum.answer(question=question, by=ada, source="One number.")
    forum.accept_answer(answer=answer, by=ben)
    worker()
    before = queries.unread_count(user=ben)
    operations.mark_read(user=ada)
    others = Notification.objects.filter(user=ben).first()
    operations.mark_read(user=ada, notification_id=others.pk)
    assert (queries.unread_count(user=ada), queries.unread_count(user=ben), before > 0) == (0, before, True)


def test_mails_can_be_switched_off_but_not_those_about_money(ben):
    for kind in Kind:
        operations.set_mail(user=ben, kind=kind, is_wanted=False)
    wanted = {kind for kind in Kind if operations.wants_mail(user=ben, kind=kind)}
    assert wanted == {Kind.PAID, Kind.REFUNDED, Kind.DECLINED, Kind.OWED, Kind.PAYOUT}


def test_who_switched_them_off_is_still_told_at_the_bell(question, ada, ben, worker):
    operations.set_mail(user=ben, kind=Kind.ANSWER, is_wanted=False)
    forum.answer(question=question, by=ada, source="One number.")
    worker(sends=False)
    mails = OutboxMessage.objects.filter(kind="mail", key__contains="answer:")
    assert ("answer" in told(ben), mails.exists()) == (True, False)


def test_one_answer_is_one_mail(question, ada, ben, worker):
    forum.answer(question=question, by=ada, source="One number.")
    worker(sends=False)
    worker(sends=False)
    keys = list(OutboxMessage.objects.filter(kind="mail").values_list("key", flat=True))
    assert [key for key in keys if "answer:" in key] == keys[:1]


def test_what_waits_is_what_is_unread_however_much_was_read_since(ada, ben, worker):
    from forum import operations as forum

    started = forum.start_thread(by=ben, title="A study log", source="Day one.", audience=["public"])
    for n in range(4):
        forum.reply(thread=started, by=ada, source=f"Reply {n}")
    worker()
    oldest, *younger = Notification.objects.filter(user=ben).order_by("created_at", "pk")
    for one in younger:
        operations.mark_read(user=ben, notification_id=one.pk)
    assert [one.pk for one in queries.waiting_for(user=ben, limit=3)] == [oldest.pk]


def test_every_kind_has_a_sentence_and_a_sign():
    assert set(shapes.SENTENCES) == set(shapes.ICONS) == set(Kind)


@pytest.mark.parametrize("is_restored", [False, True])
def test_marks_in_the_title_of_what_was_hidden_are_the_inner_ones(ben, ada, dora, worker, is_restored):
    asked = forum.ask(by=ben, title="Why “twice”?", source="Why?", audience=["public"])
    answer = forum.answer(question=asked, by=ada, source="Buy my lamps.")
    forum.hide_post(post=answer, by=dora, reason="Rule 4")
    if is_restored:
        forum.restore_post(post=answer, by=dora)
    worker()
    rows = [shapes.row(one)["text"] for one in queries.page_of(user=ada) if one.kind in {"hidden", "restored"}]
    assert {"“Why ‘twice’?”" in text for text in rows} == {True}
