"""Notifications in words, in the reader's language."""

from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import text
from core.text import within_quotes
from core.ui.formats import money
from payments.models import Payout
from payments.rules import PayoutState

from .models import Kind, Notification

ICONS = {
    Kind.ANSWER: "chat", Kind.REPLY: "reply", Kind.ACCEPTED: "check-circle", Kind.QUESTION: "quiz", Kind.BADGE: "medal",
    Kind.LEVEL: "star", Kind.HIDDEN: "eye-off", Kind.RESTORED: "eye", Kind.PAID: "check", Kind.REFUNDED: "coin", Kind.DECLINED: "warning",
    Kind.RENEWAL: "clock", Kind.INVOICE: "receipt", Kind.GIFT: "heart", Kind.PAYOUT: "coin", Kind.OWED: "warning",
    Kind.JOINING: "people", Kind.LET_IN: "people", Kind.INVITED: "mail",
}  # fmt: skip

SENTENCES = {
    Kind.ANSWER: gettext_lazy("<b>{who}</b> answered “{title}”"),
    Kind.REPLY: gettext_lazy("<b>{who}</b> replied in “{title}”"),
    Kind.ACCEPTED: gettext_lazy("<b>{who}</b> accepted your answer to “{title}”"),
    Kind.QUESTION: gettext_lazy("<b>{who}</b> asks: “{title}”"),
    Kind.BADGE: gettext_lazy("You have the badge “{name}”"),
    Kind.LEVEL: gettext_lazy("You are now “{name}”"),
    Kind.HIDDEN: gettext_lazy("A moderator hid your post in “{title}”: {reason}"),
    Kind.RESTORED: gettext_lazy("Your post in “{title}” is shown again"),
    Kind.PAID: gettext_lazy("Paid: “{title}”. You are in."),
    Kind.REFUNDED: gettext_lazy("Refunded: “{title}”"),
    Kind.DECLINED: gettext_lazy("The payment for “{title}” did not go through. Nothing was taken."),
    Kind.INVOICE: gettext_lazy("Your invoice for “{title}” was issued"),
    Kind.GIFT: gettext_lazy("<b>{who}</b> has taken your gift “{title}”"),
    Kind.RENEWAL: gettext_lazy("Your membership “{name}” runs out soon"),
    Kind.JOINING: gettext_lazy("<b>{who}</b> asks to join the group “{title}”"),
    Kind.LET_IN: gettext_lazy("You were let into the group “{title}”"),
    Kind.INVITED: gettext_lazy("You are invited into the group “{title}”"),
    Kind.OWED: gettext_lazy("The renewal of “{name}” could not be taken"),
    Kind.PAYOUT: gettext_lazy("Your payout of {amount}: {state}"),
}
WAS_HIDDEN = gettext_lazy("A moderator had hidden your post in “{title}”")
"""Of a post that is shown again: the reason is no more."""
IS_GIVEN = gettext_lazy("Paid: “{title}”. Your gift is ready: pass its link on.")
"""Of what was bought for somebody else, who is in and the buyer is not."""


def row(one: Notification) -> dict[str, Any] | None:
    """A notification as ``notification_row.html`` takes it; None when what it was about is gone."""
    subject = getattr(one, "subject", None)
    if subject is None:
        return None
    kind = Kind(one.kind)
    is_post = kind in {Kind.ANSWER, Kind.REPLY}
    return {
        "url": reverse("notifications:open", args=[one.pk]), "actor": {"name": str(one.actor or "")}, "icon": ICONS[kind],
        "text": _sentence(kind, one, subject), "quote": text.excerpt(subject.html, words=30) if is_post else "",
        "lang": subject.language if is_post else "", "at": one.created_at, "is_unread": one.read_at is None,
    }  # fmt: skip


def bought(order: Any) -> str:
    """What an order is for, in one line, as it was put together."""
    return text.joined(line.title for line in sorted(order.lines.all(), key=attrgetter("pk")))


def address(one: Notification) -> str:
    """Where a notification leads."""
    subject = getattr(one, "subject", None)
    if subject is None:
        return reverse("notifications:list")
    if one.kind in {Kind.BADGE, Kind.LEVEL}:
        return reverse("gamification:points")
    url: str = subject.get_absolute_url()
    return url


def _sentence(kind: Kind, one: Notification, subject: Any) -> str:
    return format_html(str(_pattern(kind, subject)), who=str(one.actor or _("Somebody")), **_names(kind, one, subject))


def _pattern(kind: Kind, subject: Any) -> Any:
    if kind is Kind.HIDDEN and not subject.hidden_reason:
        return WAS_HIDDEN
    return IS_GIVEN if kind is Kind.PAID and subject.is_gift else SENTENCES[kind]


def _names(kind: Kind, one: Notification, subject: Any) -> dict[str, str]:
    """What stands in the gaps of the sentence, beside who did it."""
    match kind:
        case Kind.ANSWER | Kind.REPLY | Kind.ACCEPTED | Kind.HIDDEN | Kind.RESTORED:
            return {"title": within_quotes(subject.thread.title), "reason": subject.hidden_reason}
        case Kind.QUESTION:
            return {"title": within_quotes(subject.title)}
        case Kind.PAID | Kind.REFUNDED | Kind.DECLINED | Kind.INVOICE | Kind.GIFT:
            return {"title": within_quotes(bought(subject))}
        case Kind.JOINING | Kind.LET_IN | Kind.INVITED:
            return {"title": within_quotes(subject.name)}
        case Kind.BADGE | Kind.LEVEL | Kind.RENEWAL:
            return {"name": subject.name}
        case Kind.OWED:
            return {"name": str(subject.product.tier)}
        case Kind.PAYOUT:
            amount = money(amount=subject.amount_minor, currency=subject.currency)
            return {"amount": amount, "state": str(_told_state(one, subject).label)}


def _told_state(one: Notification, payout: Payout) -> PayoutState:
    """What had become of ``payout`` when it was told: the row itself goes on, and the end of the key does not."""
    told = one.key.rpartition(":")[2]
    return PayoutState(told if told in PayoutState.values else payout.state)
