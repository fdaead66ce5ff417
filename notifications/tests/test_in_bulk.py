"""A batch of facts tells what they tell one by one, in a number of statements that grows with its readers and not with it."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.events import operations as stream
from core.events.models import DeadLetter, OutboxMessage
from core.events.testing import _number
from core.realtime.models import Message
from forum import operations as forum
from forum.models import Thread
from notifications import operations
from notifications.handlers import listens
from notifications.models import Kind, Notification
from payments import operations as payments
from payments.models import Product

pytestmark = pytest.mark.django_db


def read(*, at_once):
    """Let the listener read everything, so many facts at a time."""
    _number()
    while stream.consume(listener=listens, limit=at_once) == at_once:
        pass


def told():
    """What was told to whom, how, and what each bell shows in the end, without the numbers of rows."""
    bells = dict(Message.objects.filter(target="bell-count").order_by("pk").values_list("stream", "html"))
    rows = Notification.objects.order_by("pk")
    return {
        "list": list(rows.values_list("user", "kind", "actor", "subject_id", "key", "created_at", "read_at")),
        "bells": sorted((stream, sorted(html.items())) for stream, html in bells.items()),
        "mails": list(OutboxMessage.objects.filter(kind="mail").order_by("pk").values_list("key", "payload")),
    }


@pytest.fixture
def lively(ada, ben, cleo, dora):
    """Something of everything that posts, orders and moderators make happen; some of it nobody is told of."""
    question = forum.ask(by=ben, title="Why is a refund booked twice?", source="Why?", audience=["public", "members"])
    answers = [forum.answer(question=question, by=by, source=f"Says {by}.") for by in (ada, cleo, ben)]
    forum.accept_answer(answer=answers[0], by=ben)
    started = forum.start_thread(by=ada, title="A study log", source="Day one.", audience=["public", "members"])
    replies = [forum.reply(thread=started, by=by, source=f"Reads {by}.") for by in (ben, cleo, ada, ben)]
    forum.hide_post(post=replies[0], by=dora, reason="Rule 4")
    forum.hide_post(post=replies[1], by=dora, reason="Rule 4")
    forum.restore_post(post=replies[1], by=dora)
    closed = forum.start_thread(by=cleo, title="Behind a door", source="The canary sings.", audience=["public"])
    forum.reply(thread=closed, by=ada, source="It does.")
    Thread.objects.filter(pk=closed.pk).update(audience=["course:9"])
    product = payments.set_price(
        kind="book", subject="course:1", title="Coffee", amount=0, currency="CNY", creator=ada, by=ada
    )
    payments.check_out(buyer=ben, product_ids=[Product.objects.get(pk=product.pk).pk], provider="sandbox")
    operations.set_mail(user=ben, kind=Kind.ANSWER, is_wanted=False)


def test_a_batch_equals_one_by_one(lively):
    found = []
    for at_once in (500, 1):
        savepoint = transaction.savepoint()
        read(at_once=at_once)
        found.append(told())
        transaction.savepoint_rollback(savepoint)
    in_bulk, one_by_one = found
    assert in_bulk == one_by_one
    assert {kind for _, kind, *_ in in_bulk["list"]} >= {"answer", "reply", "accepted", "hidden", "restored", "paid"}
    assert not DeadLetter.objects.exists()


def test_who_may_not_see_a_post_is_told_nothing_in_a_batch_either(lively, cleo):
    read(at_once=500)
    assert not Notification.objects.filter(user=cleo, kind=Kind.REPLY).exists()


def test_what_was_told_and_read_is_not_brought_up_again(ada, ben):
    one = {"user": ben, "kind": Kind.REPLY, "subject_id": 1, "key": "reply:1", "actor": ada}
    operations.notify(**one)
    operations.mark_read(user=ben)
    before = told()
    operations.notify_many([operations.Notice(**one)] * 2)
    assert told() == before


def test_costs_the_same_however_many_replies_one_member_got(ada, ben):
    counts = []
    read(at_once=1)
    for replies in (1, 12):
        started = forum.start_thread(by=ben, title=f"Log {replies}", source="Day one.", audience=["public", "members"])
        for n in range(replies):
            forum.reply(thread=started, by=ada, source=f"Reply {n}")
        _number()
        with CaptureQueriesContext(connection) as queries:
            stream.consume(listener=listens, limit=500)
        counts.append(len(queries))
    assert counts[0] == counts[1]
