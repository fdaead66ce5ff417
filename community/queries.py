"""What the front pages show; every figure is a query."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import courses.queries
import courses.shapes
import forum.queries
import forum.shapes
import gamification.queries
import gamification.shapes
import notifications.queries
import notifications.shapes
import payments.queries
import payments.shapes
import recsys.queries
import surveys.queries
from core.media.models import Asset
from core.search.queries import find
from core.web.naming import address_of
from core.web.numbers import number_in
from core.web.prepared import Prepared
from courses.models import Lesson
from payments.enums import Currency
from recsys.rules import WHOLE

from .models import School
from .rules import ABOVE, BESIDE, CARDS, FIRST_CARDS, LOGO, NEXT_CARDS

MOST_WAITING = 3
EVERYTHING = 100
"""Percent of a course."""
HITS = 20
KINDS = ("course", "lesson", "question", "thread", "member")


def welcome(*, viewer: Any, language: str) -> dict[str, Any]:
    """The front page of a guest: what one can do here, three courses, a real question with its answer, prices, honest answers."""
    shown = list(courses.queries.catalogue(viewer=viewer, languages=[language]).page)[:3]
    prices = payments.queries.prices_for([course.key for course in shown], viewer=viewer)
    question = forum.queries.answered_lately(viewer=viewer, language=language)
    preview = Lesson.objects.filter(is_preview=True, course__in=shown).select_related("course").in_order().first()
    return {
        "courses": courses.shapes.course_cards(shown, prices=prices),
        "preview_url": preview.get_absolute_url() if preview else "",
        "question": question, "answer": _accepted(question) if question else None, "answers": _before_you_decide({subject: price.product for subject, price in prices.items()}),
        "tiers": [_membership(offer) for offer in payments.queries.tier_offers(viewer=viewer)],
    }  # fmt: skip


def home(*, viewer: Any, count: int = FIRST_CARDS) -> dict[str, Any]:
    """The front page of a member: where they stopped, ``count`` cards for them and why, what waits and what is new, their week and neighbors."""
    found = courses.queries.continue_learning(user=viewer)
    waiting = notifications.queries.waiting_for(user=viewer, limit=MOST_WAITING)
    rows = [row for one in waiting if (row := notifications.shapes.row(one))]
    days = gamification.queries.week(user=viewer)
    near = gamification.queries.near_me(window="7d", viewer=viewer)
    # Where they stopped stands above the cards already.
    beside = [f"lesson:{found.lesson.pk}"] if found else []
    cards, goes_on_at = recsys.queries.feed(viewer=viewer, limit=count, without=beside), _goes_on_at(count)
    return {
        "resume": courses.shapes.resume(found) if found else None, "waiting": rows,
        "feed": cards, "first": cards[:goes_on_at], "further": cards[goes_on_at:], "is_longer": count > FIRST_CARDS,
        "here": home_with(count), "week": gamification.shapes.week(days),
        "days": sum(is_on for _, is_on in days), "near_me": [gamification.shapes.board_row(one) for one in near],
        "newest": [forum.shapes.thread_row(one, at=one.created_at) for one in forum.queries.newest(viewer=viewer, languages=viewer.reads)],
        "may_say_interests": surveys.queries.may_be_asked(viewer),
        **(_more(_names(cards), beside, count) if len(cards) == count else {}),
    }  # fmt: skip


def feed(*, viewer: Any, above: Sequence[str], beside: Sequence[str], count: int) -> dict[str, Any]:
    """The next part of what is for a member, behind the cards that stand ``above`` already, so that there are ``count``; and where more is."""
    found = recsys.queries.part(viewer=viewer, above=above, count=NEXT_CARDS, without=beside)
    return {"feed": found.cards, "here": home_with(count)} | (
        {} if found.is_last else _more([*above, *_names(found.cards)], beside, count)
    )


def home_with(count: int) -> str:
    """The address of the home page with ``count`` cards."""
    address = address_of("home")
    return f"{address}?{CARDS}={count}" if count > FIRST_CARDS else address


def _more(above: Iterable[str], beside: Iterable[str], count: int) -> dict[str, str]:
    """Where what follows ``count`` cards is: the home page with more of them, and what a script puts below those that stand ``above``."""
    if count >= WHOLE:
        return {}
    more = min(count + NEXT_CARDS, WHOLE)
    there = f"{CARDS}={more}&{BESIDE}={','.join(beside)}&{ABOVE}={','.join(above)}"
    return {"more_url": f"{home_with(more)}#more", "part_url": f"{address_of('feed')}?{there}"}


def _goes_on_at(count: int) -> int:
    """How many of ``count`` cards were there before more was asked for: all of them, where nobody has."""
    return max(range(FIRST_CARDS, count, NEXT_CARDS), default=count)


def _names(cards: Iterable[Mapping[str, Any]]) -> list[str]:
    return [card["name"] for card in cards]


def search(*, viewer: Any, text: str, kind: str, page: str, languages: Sequence[str]) -> dict[str, Any]:
    """What is found for ``text``, of one kind or of all, what is in ``languages`` first."""
    number = number_in(page) or 1
    kinds = (kind,) if kind in KINDS else ()
    cut = {"limit": HITS, "offset": (number - 1) * HITS}
    hits = find(text=text, viewer=viewer, kinds=kinds, languages=languages, **cut) if text else None
    labels = {
        "": _("Everything"),
        "course": _("Courses"),
        "lesson": pgettext("kind of result", "Lessons"),
        "question": _("Questions"),
        "thread": _("Discussions"),
    }
    tabs = [
        {"label": label, "url": f"{reverse('search')}?q={text}&kind={name}", "is_current": name == kind}
        for name, label in labels.items()
    ]
    return {"text": text, "kind": kind, "page": hits, "tabs": tabs, "number": number}


def _membership(offer: Any) -> dict[str, Any]:
    """What a membership gives, and the plan with which one can begin."""
    return {
        "tier": offer.tier, "gives": payments.shapes.gives(offer),
        "plan": payments.shapes.plan(offer.cheapest) if offer.cheapest else None,
    }  # fmt: skip


def _accepted(question: Any) -> dict[str, Any]:
    question.accepted_answer.thread = question
    return forum.shapes.post_card(question.accepted_answer, thread=question)


def _before_you_decide(products: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"question": _("Can I get my money back?"), "answer": _on_refunds(products.values())},
        {
            "question": _("How long is a course mine?"),
            "answer": _("As long as the school exists, with everything its teacher adds later."),
        },
        {
            "question": _("Who answers when I am stuck?"),
            "answer": _("Write the question under the lesson. The teacher sees it at once; others answer too."),
        },
        {
            "question": _("What happens to what I do here?"),
            "answer": _("You can read, export and delete it in your settings, and switch recommendations off."),
        },
    ]


def _on_refunds(products: Iterable[Any]) -> str:
    # One answer for all is true only where all have the same terms.
    terms = {(product.refund_days, product.refund_max_progress) for product in products if product.price_minor}
    days, percent = terms.pop() if len(terms) == 1 else (0, 0)
    if not days:
        return _("Each course says so beside its price.")
    if percent == EVERYTHING:
        return _("Yes, within %(days)s days, by one button on your order.") % {"days": days}
    return _(
        "Yes, within %(days)s days and as long as no more than %(percent)s %% is studied, by one button on your order."
    ) % {"days": days, "percent": percent}


def school() -> School | None:
    """The school, once it is open."""
    return next((School.from_db(None, _OF_A_SCHOOL, row) for row in _SCHOOL.rows()), None)


_OF_A_SCHOOL = [field.attname for field in School._meta.concrete_fields]  # noqa: SLF001 - Django's public name for it
# Every page asks.
_SCHOOL = Prepared(lambda: School.objects.values_list(*_OF_A_SCHOOL))


def school_currency() -> str:
    """In what the school sells; renminbi before it is open."""
    return School.objects.values_list("currency", flat=True).first() or Currency.CNY.value


def logo(found: School) -> bytes:
    """The bytes of the school's logo, none while its mark is drawn."""
    asset = Asset.objects.filter(purpose=LOGO, key=found.logo_key, deleted_at=None).first() if found.logo_key else None
    if asset is None:
        return b""
    with asset.open() as file:
        return bytes(file.read())
