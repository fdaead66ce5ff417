import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from sandbox import views
from sandbox.languages import CATALOG, chosen, read_catalog
from sandbox.rules import Choice

WILD = "<script>alert('&\"')</script>"


def test_every_choice_stands_on_the_page_with_its_label(client):
    page = client.page(f"/pay/{client.create()['id']}").text
    offered = re.findall(r'type="radio" name="choice" id="(\w+)" value="(\w+)"', page)
    assert offered == [(choice, choice) for choice in Choice]
    assert re.findall(r'<label for="(\w+)">', page) == list(Choice)
    assert re.findall(r'value="(\w+)" checked', page) == ["approve"]


def test_words_from_outside_are_only_shown(client):
    payment = client.create(description=WILD, order_reference=WILD, return_url="http://127.0.0.1/?a=1&b='<x>")
    page = client.page(f"/pay/{payment['id']}").text
    assert page.count("&lt;script&gt;alert(&#x27;&amp;&quot;&#x27;)&lt;/script&gt;") == 2
    assert 'href="http://127.0.0.1/?a=1&amp;b=&#x27;&lt;x&gt;"' in page
    assert "<script" not in page and "style=" not in page


def test_paying_leads_back_to_the_shop_and_the_policy_lets_it(client):
    payment = client.create(return_url="https://shop.example:8443/orders/1/?from=till")
    page = client.page(f"/pay/{payment['id']}")
    assert "form-action 'self' https://shop.example:8443;" in page.headers["Content-Security-Policy"]
    answer = client.choose(payment, "approve")
    assert (answer.status, answer.headers["Location"]) == (303, "https://shop.example:8443/orders/1/?from=till")


def test_a_second_click_pays_nothing_more(client, shop):
    payment = client.create()
    client.choose(payment, "approve")
    for choice in Choice:
        if choice is not Choice.CHARGEBACK:
            again = client.choose(payment, choice)
            assert (again.status, again.headers["Location"]) == (303, f"/pay/{payment['id']}")
    assert client.fetch(payment)["amount"] == 19900
    shop.heard(1)
    assert shop.stays_quiet(after=1)


def test_a_paid_page_offers_the_dispute_and_only_then(client, shop):
    payment = client.create()
    client.choose(payment, "approve")
    assert '<button class="quiet" name="choice" value="chargeback">' in client.page(f"/pay/{payment['id']}").text
    client.choose(payment, "chargeback")
    assert client.fetch(payment)["status"] == "disputed"
    page = client.page(f"/pay/{payment['id']}").text
    assert "<h2>Disputed</h2>" in page and "<form" not in page


def test_an_unknown_choice_shows_the_page_again(client):
    payment = client.create()
    answer = client.choose(payment, "steal")
    assert (answer.status, client.fetch(payment)["status"]) == (200, "open")


def test_the_right_code_pays(client, shop):
    payment = client.create()
    answer = client.choose(payment, "challenge")
    assert answer.headers["Location"] == f"/pay/{payment['id']}/bank"
    assert client.fetch(payment)["status"] == "authenticating"
    assert "246810" in client.page(f"/pay/{payment['id']}/bank").text
    answer = client.choose(payment, None, step="/bank", code=" 246810 ", act="confirm")
    assert (answer.status, answer.headers["Location"]) == (303, payment["return_url"])
    assert shop.heard(1)[0].event["type"] == "payment.paid"


def test_the_third_wrong_code_declines_and_a_new_question_starts_over(client, shop):
    payment = client.create()
    client.choose(payment, "challenge")
    for left in (2, 1):
        answer = client.choose(payment, None, step="/bank", code="000000")
        assert answer.status == 422
        assert f"Tries left before the bank says no: {left}." in answer.text
    answer = client.choose(payment, None, step="/bank", code="000000")
    assert answer.headers["Location"] == f"/pay/{payment['id']}"
    assert client.fetch(payment)["status"] == "declined"
    assert shop.heard(1)[0].event["type"] == "payment.declined"
    client.choose(payment, "challenge")
    assert 'role="alert"' not in client.page(f"/pay/{payment['id']}/bank").text


def test_who_denies_being_the_one_is_not_charged(client, shop):
    payment = client.create()
    client.choose(payment, "challenge")
    client.choose(payment, None, step="/bank", act="refuse", code="246810")
    assert shop.heard(1)[0].event["type"] == "payment.declined"


def test_a_code_without_a_question_does_nothing(client):
    payment = client.create()
    answer = client.choose(payment, None, step="/bank", code="246810")
    assert (answer.status, answer.headers["Location"]) == (303, f"/pay/{payment['id']}")
    assert client.fetch(payment)["status"] == "open"
    assert client.page(f"/pay/{payment['id']}/bank").headers["Location"] == f"/pay/{payment['id']}"


def test_a_payment_that_is_not_there_gets_a_page(client):
    answer = client.page("/pay/pay_0", **{"Accept-Language": "zh-CN"})
    assert answer.status == 404
    assert "<h2>没有这笔付款</h2>" in answer.text


def test_the_language_asked_for_stays_through_the_forms(client):
    payment = client.create()
    page = client.page(f"/pay/{payment['id']}?lang=zh", **{"Accept-Language": "en"}).text
    assert '<html lang="zh-Hans">' in page
    assert f'<form method="post" action="/pay/{payment["id"]}?lang=zh">' in page
    answer = client.post_form(f"/pay/{payment['id']}?lang=zh", {"choice": "decline"})
    assert answer.headers["Location"] == f"/pay/{payment['id']}?lang=zh"


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "en-US,en;q=0.9,zh;q=0.8", "en"),
        (None, "fr,de;q=0.9", "en"),
        (None, "fr, zh-TW;q=0.3", "zh"),
        (None, "zh;q=0, en;q=0.1", "en"),
        (None, "en;q=0.5, zh", "zh"),
        (None, ";;q=,zh;q=abc,,", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("xx", "zh", "zh"),
    ],
)
def test_the_language_is_the_one_asked_for_or_best_accepted(asked, accepted, expected):
    assert chosen(asked=asked, accepted=accepted) == expected


def test_every_word_on_the_pages_is_translated_with_the_same_values():
    catalog = dict(read_catalog(CATALOG.read_text("utf-8")))
    assert set(catalog) == spoken(views)
    for message, translation in catalog.items():
        assert translation != "" and values(message) == values(translation)


def spoken(module):
    """Give the literal messages that the module says."""
    calls = (node for node in ast.walk(ast.parse(Path(module.__file__).read_text())) if isinstance(node, ast.Call))
    said = (call for call in calls if ast.unparse(call.func) in {"_", "view.say"})
    return {call.args[0].value for call in said if isinstance(call.args[0], ast.Constant)}


def values(message):
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}
