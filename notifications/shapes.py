"""Notifications in words, in the reader's language."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core import text
from core.text import within_quotes
from core.ui.formats import money

from .models import Kind, Notification

ICONS = {
    Kind.ANSWER: "chat", Kind.REPLY: "reply", Kind.ACCEPTED: "check-circle", Kind.QUESTION: "quiz", Kind.BADGE: "medal",
    Kind.LEVEL: "star", Kind.HIDDEN: "eye-off", Kind.RESTORED: "eye", Kind.PAID: "check", Kind.REFUNDED: "coin", Kind.DECLINED: "warning",
    Kind.RENEWAL: "clock", Kind.INVOICE: "receipt", Kind.GIFT: "heart", Kind.PAYOUT: "coin", Kind.OWED: "warning",
}  # fmt: skip


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


def address(one: Notification) -> str:
    """Where a notification leads."""
    subject = getattr(one, "subject", None)
    if subject is None:
        return reverse("notifications:list")
    if one.kind in {Kind.BADGE, Kind.LEVEL}:
        return reverse("gamification:points")
    url: str = subject.get_absolute_url()
    return url


def _sentence(kind: Kind, one: Notification, subject: Any) -> str:  # noqa: PLR0912 - a flat match over kinds
    who = str(one.actor or _("Somebody"))
    match kind:
        case Kind.ANSWER:
            return format_html(_("<b>{who}</b> answered “{title}”"), who=who, title=within_quotes(subject.thread.title))
        case Kind.REPLY:
            return format_html(
                _("<b>{who}</b> replied in “{title}”"), who=who, title=within_quotes(subject.thread.title)
            )
        case Kind.ACCEPTED:
            return format_html(
                _("<b>{who}</b> accepted your answer to “{title}”"), who=who, title=within_quotes(subject.thread.title)
            )
        case Kind.QUESTION:
            return format_html(_("<b>{who}</b> asks: “{title}”"), who=who, title=within_quotes(subject.title))
        case Kind.BADGE:
            return format_html(_("You have the badge “{name}”"), name=subject.name)
        case Kind.LEVEL:
            return format_html(_("You are now “{name}”"), name=subject.name)
        case Kind.HIDDEN if not subject.hidden_reason:
            return format_html(_("A moderator had hidden your post in “{title}”"), title=subject.thread.title)
        case Kind.HIDDEN:
            return format_html(
                _("A moderator hid your post in “{title}”: {reason}"),
                title=within_quotes(subject.thread.title),
                reason=subject.hidden_reason,
            )
        case Kind.RESTORED:
            return format_html(_("Your post in “{title}” is shown again"), title=within_quotes(subject.thread.title))
        case Kind.PAID:
            return format_html(_("Paid: {title}. You are in."), title=_order_title(subject))
        case Kind.REFUNDED:
            return format_html(_("Refunded: {title}"), title=_order_title(subject))
        case Kind.DECLINED:
            return format_html(
                _("The payment did not go through: {title}. Nothing was taken."), title=_order_title(subject)
            )
        case Kind.INVOICE:
            return format_html(_("Your invoice was issued: {title}"), title=_order_title(subject))
        case Kind.GIFT:
            return format_html(_("<b>{who}</b> has taken your gift: {title}"), who=who, title=_order_title(subject))
        case Kind.RENEWAL:
            return format_html(_("Your membership “{name}” runs out soon"), name=subject.name)
        case Kind.OWED:
            return format_html(_("The renewal of “{name}” could not be taken"), name=str(subject.product.tier))
        case Kind.PAYOUT:
            amount = money(amount=subject.amount_minor, currency=subject.currency)
            return format_html(_("Your payout of {amount}: {state}"), amount=amount, state=subject.get_state_display())


def _order_title(order: Any) -> str:
    return ", ".join(line.title for line in order.lines.all())
