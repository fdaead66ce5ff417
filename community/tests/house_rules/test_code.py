"""Our code keeps the rules."""

import re

import pytest

from . import asking, markup, naming, reaching
from .repository import modules, nodes, source, walked

RULES = [*reaching.RULES, *asking.RULES, *markup.RULES, *naming.RULES]


def where(rule):
    """The modules in which ``rule`` is broken, with the lines."""
    subject = [name for name in modules() if re.search(rule.within, name) and re.search(rule.hint, source(name))]
    broken = {name: [node.lineno for node in rule.judge(nodes(name))] for name in subject}
    return {name: lines for name, lines in broken.items() if lines}


def snippets(kind):
    return [pytest.param(rule, one, id=f"{rule.name}-{one}") for rule in RULES for one in getattr(rule, kind)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_our_code_keeps_the_rule(rule):
    found = where(rule)
    assert {name: lines for name, lines in found.items() if name not in rule.allowed} == {}
    assert set(rule.allowed) - set(found) == set(), "this is allowed without need"


@pytest.mark.parametrize(("rule", "snippet"), snippets("caught"))
def test_control_it_is_caught(rule, snippet):
    assert re.search(rule.hint, snippet)
    assert [*rule.judge(walked(snippet))] != []


@pytest.mark.parametrize(("rule", "snippet"), snippets("let_be"))
def test_control_it_is_let_be(rule, snippet):
    assert [*rule.judge(walked(snippet))] == []
