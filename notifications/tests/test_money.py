"""Letters about money write it as their receiver reads it, whatever language the worker happens to speak."""

import io

import pypdf
import pytest
from django.core import mail
from django.utils import timezone, translation

from core import events
from courses.operations import create_course, publish_course
from notifications import queries, shapes
from payments import operations as payments
from payments.events import OrderPaid, OrderRefunded, PaymentDeclined
from payments.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(ada, ben):
    course = create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
    product = payments.set_price(
        kind="course", subject=course.key, title="Coffee", amount=19900, currency="USD", creator=ada, by=ada
    )
    publish_course(course=course, by=ada)
    return payments.place_order(buyer=ben, product_ids=[product.pk])


@pytest.mark.parametrize(("reads", "speaks", "amount"), [("zh-hans", "en", "US$199"), ("en", "zh-hans", " $199")])
def test_the_amount_is_written_in_the_receiver_s_language(ben, order, worker, reads, speaks, amount):
    ben.language = reads
    ben.save()
    events.publish(OrderPaid(order_id=order.pk, buyer_id=ben.pk, amount=19900, currency="USD"))
    with translation.override(speaks):
        worker()
    [letter] = [one for one in mail.outbox if order.reference in one.body]
    assert (amount in letter.body, amount in letter.alternatives[0][0]) == (True, True)


@pytest.mark.parametrize(("reads", "amount"), [("zh-hans", "US$49.50"), ("en", "$49.50 goes back to you")])
def test_who_gets_a_part_back_is_told_how_much(ben, order, worker, reads, amount):
    ben.language = reads
    ben.save()
    events.publish(OrderRefunded(order_id=order.pk, buyer_id=ben.pk, amount=4950, currency="USD"))
    worker()
    [letter] = [one for one in mail.outbox if order.reference in one.body]
    assert (amount in letter.body, amount in letter.alternatives[0][0], "199" in letter.body) == (True, True, False)


@pytest.fixture
def bought_two(order, ada):
    """An order for a title with a colon, and for one with marks."""
    order.lines.update(title="Coffee: by hand")
    cup = payments.set_price(
        kind="course", subject="course:0", title='The "first" cup', amount=900, currency="USD", creator=ada, by=ada
    )
    line = order.lines.get()
    line.pk, line.product, line.title = None, cup, cup.title
    line.save()
    return order


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Paid: “Coffee: by hand, The ‘first’ cup”. You are in."),
        ("zh-hans", "已付款：“Coffee: by hand、The ‘first’ cup”。已经为你开通。"),
    ],
)
def test_titles_stand_in_marks_in_the_list_and_in_the_letter(ben, bought_two, worker, language, said):
    ben.language = language
    ben.save()
    events.publish(OrderPaid(order_id=bought_two.pk, buyer_id=ben.pk, amount=19900, currency="USD"))
    worker()
    [one] = queries.page_of(user=ben)
    [letter] = [one for one in mail.outbox if bought_two.reference in one.body]
    with translation.override(language):
        assert shapes.row(one)["text"] == said
    assert said.startswith(letter.subject)


@pytest.mark.parametrize(
    ("language", "said", "heading"),
    [
        ("en", "Paid: “Coffee”. Your gift is ready: pass its link on.", "Your gift is ready"),
        ("zh-hans", "已付款：“Coffee”。礼物准备好了，把链接发给对方吧。", "礼物准备好了"),
    ],
)
def test_who_buys_for_somebody_else_is_not_told_that_they_are_in(ben, order, worker, language, said, heading):
    ben.language = language
    ben.save()
    product = order.lines.get().product
    gift = payments.place_order(buyer=ben, product_ids=[product.pk], gift=payments.GiftWish())
    events.publish(OrderPaid(order_id=gift.pk, buyer_id=ben.pk, amount=19900, currency="USD"))
    worker()
    [letter] = [one for one in mail.outbox if gift.reference in one.body]
    with translation.override(language):
        assert (shapes.row(queries.page_of(user=ben)[0])["text"], heading in letter.body) == (said, True)


def test_titles_stand_as_they_were_bought_wherever_the_database_keeps_their_rows(ben, bought_two):
    # The one that is stored behind the other was put into the basket before it.
    bought_two.lines.filter(title='The "first" cup').update(id=-1)
    found = Order.objects.prefetch_related("lines").get(pk=bought_two.pk)
    assert shapes.bought(found) == 'The "first" cup, Coffee: by hand'


@pytest.mark.parametrize(("language", "said"), [("en", "Paid on"), ("zh-hans", "支付时间")])
def test_the_receipt_itself_goes_along(ben, order, worker, language, said):
    ben.language = language
    ben.save()
    Order.objects.filter(pk=order.pk).update(state="paid", paid_at=timezone.now(), receipt_number="2026-000007")
    events.publish(OrderPaid(order_id=order.pk, buyer_id=ben.pk, amount=19900, currency="USD"))
    worker()
    [letter] = [one for one in mail.outbox if order.reference in one.body]
    [(name, body, media_type)] = letter.attachments
    assert (name, media_type) == ("receipt-2026-000007.pdf", "application/pdf")
    printed = pypdf.PdfReader(io.BytesIO(body)).pages[0].extract_text()
    assert ("2026-000007" in printed, said in printed) == (True, True)


def test_nothing_else_carries_a_file(ben, order, worker):
    events.publish(PaymentDeclined(order_id=order.pk, buyer_id=ben.pk))
    events.publish(OrderRefunded(order_id=order.pk, buyer_id=ben.pk, amount=19900, currency="USD"))
    worker()
    assert [one.attachments for one in mail.outbox if order.reference in one.body] == [[], []]


@pytest.mark.parametrize("has_paid", [False, True])
def test_nobody_hears_of_a_declined_card_after_they_have_paid(ben, order, worker, has_paid):
    if has_paid:
        Order.objects.filter(pk=order.pk).update(paid_at=timezone.now())
    events.publish(PaymentDeclined(order_id=order.pk, buyer_id=ben.pk))
    worker()
    assert len([one for one in mail.outbox if order.reference in one.body]) == (0 if has_paid else 1)
