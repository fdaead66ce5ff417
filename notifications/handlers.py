"""From facts to people who must know."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core import events, text
from core.ui.formats import calendar_day, money
from forum.about import describe
from forum.events import AnswerAccepted, AnswerPosted, PostHidden, PostRestored, QuestionAsked, ReplyPosted
from forum.models import Post, Thread
from gamification.events import BadgeGranted, LevelReached
from payments.enums import Cause
from payments.events import (
    GiftClaimed,
    InvoiceIssued,
    MembershipRunsOut,
    OrderPaid,
    OrderRefunded,
    PaymentDeclined,
    PayoutMoved,
)
from payments.models import Entitlement, Order, Payout
from payments.queries import tiers_behind
from payments.rules import PayoutState

from .models import Kind
from .operations import notify

TOLD_WITHIN = timedelta(days=7)
"""Nobody wants to hear today what happened last week: after a long stop, or an import, older facts are passed over."""

# A mail is a mail: what was told cannot be told anew.
listens = events.listener("notifications", within=TOLD_WITHIN)

QUOTED_WORDS = 60

TOLD_OF_PAYOUTS: frozenset[str] = frozenset(
    {PayoutState.APPROVED, PayoutState.HELD, PayoutState.PAID, PayoutState.RETURNED}
)
"""What the school did with a payout; what its creator did themselves they know."""


@listens(AnswerPosted)
def tell_the_asker(fact: AnswerPosted) -> None:
    _tell_of_post(fact.answer_id, to=fact.asker_id, kind=Kind.ANSWER, letter="answer", at=fact.happened_at)


@listens(ReplyPosted)
def tell_who_started(fact: ReplyPosted) -> None:
    _tell_of_post(fact.post_id, to=fact.thread_author_id, kind=Kind.REPLY, letter="reply", at=fact.happened_at)


@listens(AnswerAccepted)
def tell_the_answerer(fact: AnswerAccepted) -> None:
    post = Post.objects.select_related("thread__author", "author").filter(pk=fact.answer_id).first()
    if post is not None:
        notify(
            user=post.author, kind=Kind.ACCEPTED, subject_id=post.pk, key=f"accepted:{post.pk}", actor=post.thread.author,
            letter="accepted", context=_about(post), at=fact.happened_at,
        )  # fmt: skip


@listens(QuestionAsked)
def tell_the_teacher(fact: QuestionAsked) -> None:
    question = Thread.objects.select_related("author").filter(pk=fact.question_id).first()
    about = describe(question.about, viewer=question.author) if question and question.about else None
    teacher = User.objects.filter(pk=about.teacher_id).first() if about and about.teacher_id else None
    if question is not None and about is not None and teacher is not None:
        notify(
            user=teacher, kind=Kind.QUESTION, subject_id=question.pk, key=f"question:{question.pk}", actor=question.author,
            letter="question", context={"title": question.title, "under": about.title, "action_url": absolute(question.get_absolute_url())},
            at=fact.happened_at,
        )  # fmt: skip


@listens(BadgeGranted)
def tell_of_badge(fact: BadgeGranted) -> None:
    user = User.objects.get(pk=fact.user_id)
    notify(
        user=user,
        kind=Kind.BADGE,
        subject_id=fact.badge_id,
        key=f"badge:{fact.badge_id}:{user.pk}",
        at=fact.happened_at,
    )


@listens(LevelReached)
def tell_of_level(fact: LevelReached) -> None:
    user = User.objects.get(pk=fact.user_id)
    notify(user=user, kind=Kind.LEVEL, subject_id=fact.level, key=f"level:{fact.level}:{user.pk}", at=fact.happened_at)


@listens(PostHidden, PostRestored)
def tell_the_author(fact: PostHidden | PostRestored) -> None:
    post = Post.objects.select_related("author", "thread").filter(pk=fact.post_id).first()
    if post is not None:
        kind = Kind.HIDDEN if isinstance(fact, PostHidden) else Kind.RESTORED
        context = _about(post) | {"reason": post.hidden_reason}
        notify(
            user=post.author, kind=kind, subject_id=post.pk, key=f"{kind}:{fact.id}", letter=kind.value, context=context,
            at=fact.happened_at,
        )  # fmt: skip


@listens(OrderPaid)
def send_the_receipt(fact: OrderPaid) -> None:
    _tell_of_order(fact.order_id, kind=Kind.PAID, at=fact.happened_at)


@listens(OrderRefunded)
def tell_of_refund(fact: OrderRefunded) -> None:
    _tell_of_order(fact.order_id, kind=Kind.REFUNDED, once=fact.id, at=fact.happened_at)


@listens(PaymentDeclined)
def tell_of_decline(fact: PaymentDeclined) -> None:
    _tell_of_order(fact.order_id, kind=Kind.DECLINED, once=fact.id, at=fact.happened_at)


@listens(InvoiceIssued)
def tell_of_invoice(fact: InvoiceIssued) -> None:
    order = Order.objects.select_related("buyer").get(pk=fact.order_id)
    notify(user=order.buyer, kind=Kind.INVOICE, subject_id=order.pk, key=f"invoice:{order.pk}", at=fact.happened_at)


@listens(GiftClaimed)
def tell_the_giver(fact: GiftClaimed) -> None:
    order = Order.objects.select_related("buyer").get(pk=fact.order_id)
    claimer = User.objects.filter(pk=fact.user_id).first()
    notify(
        user=order.buyer, kind=Kind.GIFT, subject_id=order.pk, key=f"gift:{fact.gift_id}", actor=claimer, at=fact.happened_at
    )  # fmt: skip


@listens(MembershipRunsOut)
def remind_to_renew(fact: MembershipRunsOut) -> None:
    entitlement = Entitlement.objects.select_related("user").filter(pk=fact.entitlement_id).first()
    if entitlement is None or entitlement.ended_at is not None or entitlement.runs_until is None:
        return
    user = entitlement.user
    with translation.override(user.language):
        tier = tiers_behind(entitlement_ids=[entitlement.pk], user=user).get(entitlement.pk)
        context = {
            "name": str(tier), "until": calendar_day(entitlement.runs_until), "open_until": calendar_day(entitlement.ends_at or entitlement.runs_until),
            "days": fact.days, "is_trial": entitlement.cause == Cause.TRIAL, "action_url": absolute(reverse("payments:membership")),
        }  # fmt: skip
    notify(
        user=user, kind=Kind.RENEWAL, subject_id=entitlement.pk, key=f"renewal:{entitlement.pk}:{fact.days}", letter="renewal",
        context=context, at=fact.happened_at,
    )  # fmt: skip


@listens(PayoutMoved)
def tell_the_creator(fact: PayoutMoved) -> None:
    if fact.state not in TOLD_OF_PAYOUTS:
        return
    payout = Payout.objects.select_related("creator").get(pk=fact.payout_id)
    with translation.override(payout.creator.language):
        amount = money(amount=payout.amount_minor, currency=payout.currency)
    context = {
        "amount": amount, "state": fact.state, "hint": payout.hint, "number": payout.number, "reason": payout.reason,
        "action_url": absolute(reverse("payments:earnings")),
    }  # fmt: skip
    notify(
        user=payout.creator, kind=Kind.PAYOUT, subject_id=payout.pk, key=f"payout:{fact.id}", letter="payout", context=context,
        at=fact.happened_at,
    )  # fmt: skip


def _tell_of_post(post_id: int, *, to: int, kind: Kind, letter: str, at: datetime) -> None:
    post = Post.objects.select_related("thread", "author").filter(pk=post_id, hidden_at__isnull=True).first()
    reader = User.objects.filter(pk=to).first()
    if post is not None and reader is not None and Post.objects.visible_to(reader).filter(pk=post.pk).exists():
        notify(
            user=reader,
            kind=kind,
            subject_id=post.pk,
            key=f"{kind}:{post.pk}",
            actor=post.author,
            letter=letter,
            context=_about(post),
            at=at,
        )


def _tell_of_order(order_id: int, *, kind: Kind, at: datetime, once: int = 0) -> None:
    order = Order.objects.select_related("buyer").get(pk=order_id)
    # The worker speaks no language of its own, and "US$" and "$" are one amount in two.
    with translation.override(order.buyer.language):
        amount = money(amount=order.total_minor, currency=order.currency)
    context = {
        "reference": order.reference, "title": ", ".join(line.title for line in order.lines.all()), "action_url": absolute(order.get_absolute_url()),
        "amount": amount,
    }  # fmt: skip
    notify(
        user=order.buyer,
        kind=kind,
        subject_id=order.pk,
        key=f"{kind}:{order.pk}:{once}",
        letter=kind.value,
        context=context,
        at=at,
    )


def absolute(path: str) -> str:
    """``path`` as a mail needs it."""
    return f"{settings.SITE_URL}{path}"


def _about(post: Post) -> dict[str, str]:
    return {
        "who": str(post.author), "asker": str(post.thread.author), "title": post.thread.title, "action_url": absolute(post.get_absolute_url()),
        "quote": text.excerpt(post.html, words=QUOTED_WORDS), "quote_language": post.language,
    }  # fmt: skip
