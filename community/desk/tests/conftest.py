"""A desk with one row of everything, and somebody at it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone, translation

from accounts.models import Consent
from community.models import School
from community.opening.operations import load_legal_drafts
from core.audit import record
from core.events.models import DeadLetter, OutboxMessage
from core.privacy.models import ErasureRequest, ExportRequest
from forum import models as talking_models
from forum import operations as talking
from forum.models import Board, Post
from ledger import operations as books
from ledger.rules import AccountName, Line, register_kind
from payments.models import (
    Coupon,
    Discrepancy,
    Entitlement,
    Gift,
    InvoiceRequest,
    Order,
    OrderHistory,
    OrderLine,
    Organization,
    Payment,
    Payout,
    PayoutBatch,
    PriceRule,
    Product,
    Refund,
    Subscription,
    Tier,
    WebhookEvent,
)
from recsys.models import TrainedModel
from surveys.models import Choice, Question, Survey
from topics.models import Topic


@pytest.fixture
def reported(ada, ben, cleo):
    """An advertisement under a question of Ben's, which Cleo reported."""
    with translation.override("zh-hans"):
        thread = talking.ask(by=ben, title="怎样磨豆子", source="太粗了，水一下就走完。", audience=["public"])
        talking.answer(question=thread, by=ada, source="调细两格再试。")
        post = talking.answer(question=thread, by=cleo, source="便宜豆子，来我的店。")
        talking.answer(question=thread, by=ada, source="先称重，再计时。")
        talking.flag(post=post, by=ben, reason="spam", note="广告")
    return post


@pytest.fixture
def one_of_each(db, eli, ada, ben, reported):
    """One row for every list at the desk; what is written in them is Chinese or a single word."""
    now = timezone.now()
    School.objects.create(name_zh="纸船学社", name_en="纸船学社")
    load_legal_drafts()
    _money(ada, ben, now)
    Consent.objects.create(user=ben, purpose="personalization", is_given=True, text_version="1")
    survey = Survey.objects.create(slug="question-mark", title_zh="兴趣", title_en="兴趣", version=9)
    question = Question.objects.create(survey=survey, kind="single", text_zh="喜欢什么", text_en="喜欢什么")
    Choice.objects.create(question=question, text_zh="咖啡", text_en="咖啡")
    Topic.objects.create(slug="kafei", name_zh="咖啡", name_en="咖啡")
    ExportRequest.objects.create(user=ben)
    ErasureRequest.objects.create(user=ben, due_at=now + timedelta(days=14))
    record(by=eli, act="desk.add", subject="x:1")
    DeadLetter.objects.create(
        listener="gamification.points", fact_id=1, fact_name="forum.AnswerAccepted", position=1, error="Boom: 1"
    )
    OutboxMessage.objects.create(kind="mail", key="k:1", payload={}, due_at=now, attempts=12, dead_at=now)
    TrainedModel.objects.create(folder="x", kind="ease", as_of=now, put_in_service_at=now)
    Board.objects.create(slug="b", name_zh="闲聊", name_en="闲聊")
    Group.objects.create(name="版主")
    talking.open_group(
        group=talking_models.Group(slug="g", name_zh="闲聊", name_en="闲聊", about_zh="闲聊", about_en="闲聊"), by=eli
    )


def _money(ada, ben, now):
    product = Product.objects.create(
        kind="course", subject="course:1", title="手冲", creator=ada, price_minor=100, currency="CNY"
    )
    order = Order.objects.create(
        buyer=ben, basket="1", state="paid", total_minor=100, currency="CNY", expires_at=now, paid_at=now, receipt_number="1"
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, product=product, creator=ada, title="手冲", price_minor=100, amount_minor=100, share_percent=80,
        refund_days=14, refund_max_progress=30,
    )  # fmt: skip
    payment = Payment.objects.create(
        order=order, provider="sandbox", account="a", state="paid", amount_minor=100, captured_minor=100, currency="CNY"
    )
    OrderHistory.objects.create(order=order, before="placed", after="paid", cause="payment")
    Refund.objects.create(payment=payment, amount_minor=1, currency="CNY", cause="staff", state="refused")
    Entitlement.objects.create(user=ben, key="course:1", cause="purchase", product=product, line=line, starts_at=now)
    coupon = Coupon.objects.create(name="开学", percent=10, starts_at=now)
    coupon.products.set([product])
    Tier.objects.create(slug="t", name_zh="会员", name_en="会员")
    PriceRule.objects.create(
        label_zh="新课", label_en="新课", percent=10, product=product, starts_at=now, ends_at=now + timedelta(days=1)
    )
    Organization.objects.create(name_zh="纸船学社", name_en="纸船学社", domains=["shancheng.test"])
    PayoutBatch.objects.create(currency="CNY", way="bank", made_by=ada)
    Payout.objects.create(creator=ada, amount_minor=100, currency="CNY", way="bank")
    InvoiceRequest.objects.create(order=order, title="小舟")
    Subscription.objects.create(
        user=ben, product=product, order=order, provider="sandbox", account="a", provider_id="1", amount_minor=100, currency="CNY"
    )  # fmt: skip
    Gift.objects.create(order=order, recipient="小舟")
    Discrepancy.objects.create(
        provider="sandbox",
        day=now.date(),
        kind="amount",
        number="1",
        payment=payment,
        ours_minor=1,
        theirs_minor=2,
        currency="CNY",
    )
    WebhookEvent.objects.create(provider="sandbox", account="a", event_id="e1", kind="payment", body=b"{}")
    register_kind("tests.desk", is_limited=False)
    lines = [
        Line(account=AccountName("tests.desk", owner, "CNY"), amount=amount) for owner, amount in (("a", 5), ("b", -5))
    ]
    books.post(key="desk:1", kind="sale", lines=lines)


@pytest.fixture
def hidden(reported, dora):
    talking.hide_post(post=reported, by=dora, reason="广告")
    return Post.objects.get(pk=reported.pk)
