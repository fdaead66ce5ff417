import pytest
from django.template import Context, Template

from core.text import within_quotes


@pytest.mark.parametrize(
    ("title", "inner"),
    [
        ("Using “Break it on purpose” with two people", "Using ‘Break it on purpose’ with two people"),
        ('Is "30 %" a lie?', "Is ‘30 %’ a lie?"),
        ("学“空值不是零”时想到的一个反例", "学‘空值不是零’时想到的一个反例"),
        ("《账本是一张表》改变了我的一个说法", "《账本是一张表》改变了我的一个说法"),
        ("It isn't over", "It isn't over"),
        ('A 5" screen', 'A 5" screen'),
    ],
)
def test_marks_within_marks_become_the_inner_ones(title, inner):
    assert within_quotes(title) == inner


def test_a_template_asks_for_it_by_a_filter_that_keeps_the_escaping():
    template = Template("{% load text %}“{{ title|within_quotes }}”")
    assert template.render(Context({"title": "“<b>” and more"})) == "“‘&lt;b&gt;’ and more”"
