"""Offers, tiers and statements in the form in which they are shown."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from surveys.destinations import Place

from .models import Product
from .queries import Priced, Statement, TierOffer, bundle_address, bundles_with, priced, tiers_with
from .rules import Period

BOOKED = {
    "sale": gettext_lazy("Sale"),
    "refund": gettext_lazy("Refund"),
    "chargeback": gettext_lazy("Chargeback"),
    "payout": gettext_lazy("Payout"),
    "payout_back": gettext_lazy("Payout that came back"),
}
"""What an entry of a creator's account is called, by the kind of its transaction."""


def per(period: str) -> str:
    """The word behind a price: ¥39 / month; nothing for life."""
    words = {
        Period.MONTH: pgettext("price per", "month"),
        Period.QUARTER: pgettext("price per", "quarter"),
        Period.YEAR: pgettext("price per", "year"),
    }
    return words.get(Period(period), "")


def offer(product: Product, *, buyer: Any, label: str, kept: str) -> dict[str, Any]:
    """What ``product`` costs ``buyer`` now, as ``components/price_box.html`` takes it; ``kept`` says how long one has it."""
    facts = [{"icon": "check", "text": kept}]
    if product.refund_days and product.price_minor:
        facts.append({"icon": "check", "text": _("Money back within %(days)s days") % {"days": product.refund_days}})
    now = priced(products=[product], buyer=buyer)[0]
    facts += [{"icon": "coin", "text": step.label} for step in now.steps]
    return {
        "amount": now.amount, "was": now.price if now.off else None, "currency": product.currency,
        "url": product.get_absolute_url(), "label": label, "facts": facts, "ways": other_ways(product),
    }  # fmt: skip


def other_ways(product: Product) -> list[dict[str, str]]:
    """What else opens what ``product`` opens: memberships that include it, and bundles."""
    tier_words, bundle_words = _("Included in the membership “%(tier)s”"), _("Together with others: “%(title)s”")
    return [
        *(
            {"text": tier_words % {"tier": one.name}, "url": one.get_absolute_url()}
            for one in tiers_with(product=product)
        ),
        *(
            {"text": bundle_words % {"title": one.title}, "url": bundle_address(one)}
            for one in bundles_with(product=product)
        ),
    ]


def tier_card(offer: TierOffer, *, is_main: bool = False) -> dict[str, Any]:
    """A tier as ``components/tier_card.html`` takes it, at the price of its cheapest plan."""
    plan = offer.cheapest
    return {
        "name": offer.tier.name, "amount": plan.amount if plan else 0, "currency": plan.product.currency if plan else "CNY",
        "per": per(plan.product.period) if plan else "", "note": offer.tier.about, "gives": gives(offer),
        "url": f"{reverse('payments:membership')}#{offer.tier.slug}", "label": _label(offer), "is_main": is_main,
        "is_current": offer.own is not None,
    }  # fmt: skip


def tier_cards(offers: list[TierOffer]) -> list[dict[str, Any]]:
    """Several tiers; the first one that one can join is the main one."""
    shown = [offer for offer in offers if offer.plans]
    return [tier_card(offer, is_main=place == 0) for place, offer in enumerate(shown)]


def included(offer: TierOffer, *, places: Mapping[str, Place]) -> list[dict[str, str]]:
    """What is included in a tier, each with where it can be looked at, if anywhere."""
    return [_included(one, places.get(one.subject)) for one in offer.included]


def _included(product: Product, place: Place | None) -> dict[str, str]:
    if place is None:
        return {"title": product.title, "language": product.language, "url": ""}
    return {"title": place.title, "language": place.language, "url": place.url}


def gives(offer: TierOffer) -> list[str]:
    """What a tier gives: how many courses and seats in groups are included, then the perks in the owner's words."""
    seats = sum(one.kind == "seat" for one in offer.included)
    courses = len(offer.included) - seats
    said = [
        (courses, ngettext("%(count)s course included", "%(count)s courses included", courses)),
        (seats, ngettext("A seat in %(count)s group", "A seat in %(count)s groups", seats)),
    ]
    return [*(words % {"count": count} for count, words in said if count), *offer.tier.gives]


def plan(priced: Priced) -> dict[str, Any]:
    """A plan on the membership page: what it is called, what it costs and did cost, and where it is bought."""
    return {
        "label": Period(priced.product.period).label, "amount": priced.amount, "was": priced.price if priced.off else None,
        "currency": priced.product.currency, "why": [step.label for step in priced.steps],
        "url": priced.product.get_absolute_url(),
    }  # fmt: skip


def _label(offer: TierOffer) -> str:
    if offer.own is not None:
        return _("See your membership")
    if offer.may_try:
        return ngettext("Try it for %(days)s day", "Try it for %(days)s days", offer.tier.trial_days) % {
            "days": offer.tier.trial_days
        }
    return _("See what it gives")


def statement_cells(statement: Statement) -> Iterator[list[str]]:
    """A statement as rows of a file, from the balance before to the balance after; amounts are in whole units, with a point."""
    yield ["", _("Balance before"), "", "", statement.currency, "", _units(statement.opening)]
    for row in statement.rows:
        yield [
            localtime(row.at).date().isoformat(), str(BOOKED.get(row.kind, row.kind)), _harmless(row.title), row.reference,
            statement.currency, _units(row.amount), _units(row.balance),
        ]  # fmt: skip
    yield ["", _("Balance after"), "", "", statement.currency, "", _units(statement.closing)]


def _units(amount: int) -> str:
    sign, rest = "-" if amount < 0 else "", abs(amount)
    return f"{sign}{rest // 100}.{rest % 100:02}"


def _harmless(title: str) -> str:
    # A spreadsheet would take it for a formula, and run it.
    return f"'{title}" if title.startswith(("=", "+", "-", "@", "\t", "\r")) else title
