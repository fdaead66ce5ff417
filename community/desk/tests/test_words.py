"""Codes at the desk: each is read in words, in both languages, and a new one that nobody has named fails here."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.utils import translation

from core.events import Fact, Listener, facts, listening
from ledger import words as books
from payments import fulfilment, providers
from payments.models import Payment, Product
from payments.providers import registry
from recsys import words as models
from recsys.engine.catalog import MODELS

ROOT = Path(settings.BASE_DIR)
HAN = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"[a-z][A-Za-z_.]*")
# Their readers chose these, or look for them elsewhere under this name.
NAMES = {
    "field-slug",
    "field-key",
    "field-username",
    "field-owner",
    "field-event_id",
    "field-subject",
    "field-behind_the_at",
}
# What a provider calls its own messages.
THEIRS = {("webhookevent", "field-kind")}


def mute(said, codes):
    """Those of ``codes`` that are not read in Chinese, or are read alike in both languages."""
    read = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            read[language] = {code: said(code) for code in codes}
    return [code for code in codes if not HAN.search(read["zh-hans"][code]) or HAN.search(read["en"][code])]


def of_rooms(known):
    """Those whose room is part of the site; other tests of this process may have made some of their own."""
    rooms = {room.split(".apps")[0] for room in settings.INSTALLED_APPS} | {"core"}
    return sorted(name for name in known if name.partition(".")[0] in rooms)


def test_every_fact_has_words():
    names = of_rooms(name for name, fact in Fact.known.items() if ".tests." not in fact.__module__)
    assert len(names) >= 46
    assert mute(facts.in_words, names) == []


def test_every_listener_has_words():
    names = of_rooms(Listener.known)
    assert len(names) >= 13
    assert mute(listening.in_words, names) == []


def test_what_nobody_knows_any_more_keeps_its_code():
    gone = [
        facts.in_words("forum.Gone"),
        listening.in_words("a.b"),
        providers.in_words("beads"),
        models.model("x"),
        fulfilment.in_words("y"),
    ]
    assert gone == ["forum.Gone", "a.b", "beads", "x", "y"]


def test_every_kind_of_product_has_words():
    assert {"bundle", "course", "tier"} <= fulfilment.kinds()
    assert mute(fulfilment.in_words, sorted(fulfilment.kinds())) == []


def test_every_provider_has_words():
    with translation.override("zh-hans"):
        said = {name: providers.in_words(name) for name in registry._known}
    assert {"alipay": "支付宝", "sandbox": "沙盒支付"}.items() <= said.items()
    assert [name for name, words in said.items() if words == name] == []


def test_every_model_has_words():
    assert set(models.MODELS) == set(MODELS)
    with translation.override("zh-hans"):
        assert [kind for kind in MODELS if models.model(kind) == kind] == []


def test_every_outcome_of_a_training_has_words():
    with translation.override("zh-hans"):
        assert [one for one in models.OUTCOMES if models.outcome(one) == one] == []


def booked():
    """Every kind of transaction that the code writes out where it posts."""
    for room in ("payments", "gamification", "community/demo"):
        for file in sorted((ROOT / room).rglob("*.py")):
            if "tests" in file.parts:
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
                    "post",
                    "Posting",
                }:
                    yield from (
                        one.value.value
                        for one in node.keywords
                        if one.arg == "kind" and isinstance(one.value, ast.Constant)
                    )


def test_every_transaction_that_the_code_posts_has_words():
    kinds = sorted(set(booked()))
    assert {"sale", "refund", "payout_back"} <= set(kinds)
    assert mute(books.transaction, kinds) == []


class Cells(HTMLParser):
    """The texts in the cells of a list, each with the class that names its column."""

    def __init__(self):
        super().__init__()
        self.found, self._column = [], None

    def handle_starttag(self, tag, attrs):
        if tag in {"td", "th"}:
            names = [name for name in (dict(attrs).get("class") or "").split() if name.startswith("field-")]
            self._column = names[0] if names else None

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            self._column = None

    def handle_data(self, data):
        if self._column and data.strip():
            self.found.append((self._column, data.strip()))


def shown(desk, model):
    """What a list and its filters say, each with where it stands."""
    html = desk.get(f"/desk/{model._meta.app_label}/{model._meta.model_name}/", follow=True).content.decode()
    cells = Cells()
    cells.feed(html.partition('id="result_list"')[2].partition("</table>")[0])
    offered = re.findall(r'<a href="\?[^"]*">\s*([^<]*?)\s*<', html.partition('id="changelist-filter"')[2])
    return [*cells.found, *(("filter", said) for said in offered)]


@pytest.mark.django_db
def test_no_list_and_no_filter_shows_a_code(eli, desk_of, one_of_each):
    desk = desk_of(eli, language="zh-hans")
    seen = {
        (model._meta.model_name, column, said) for model in admin.site._registry for column, said in shown(desk, model)
    }
    assert {("payment", "field-at_provider", "沙盒支付"), ("payment", "filter", "沙盒支付")} <= seen
    wrong = {
        (name, column, said)
        for name, column, said in seen
        if CODE.fullmatch(said)
        and not said.startswith("tests.")
        and column not in NAMES
        and (name, column) not in THEIRS
    }
    assert wrong == set()


@pytest.mark.django_db
def test_what_has_words_is_found_and_filtered_by_its_code(eli, desk_of, one_of_each):
    desk = desk_of(eli, language="zh-hans")
    found = {
        address: "result_list" in desk.get(address).content.decode()
        for address in (
            "/desk/payments/payment/?provider=sandbox", "/desk/payments/payment/?provider=alipay",
            "/desk/payments/product/?kind=course", "/desk/payments/product/?kind=tier",
            "/desk/events/deadletter/?listener=gamification.points", "/desk/events/deadletter/?q=AnswerAccepted", "/desk/events/deadletter/?q=AnswerPosted",
            "/desk/payments/entitlement/?q=course:1", "/desk/recsys/trainedmodel/?kind=ease", "/desk/recsys/trainedmodel/?kind=blend",
        )
    }  # fmt: skip
    assert Payment.objects.get().provider == "sandbox"
    assert Product.objects.get().kind == "course"
    assert [address.partition("?")[2] for address, is_there in found.items() if is_there] == [
        "provider=sandbox", "kind=course", "listener=gamification.points", "q=AnswerAccepted", "q=course:1", "kind=ease",
    ]  # fmt: skip
